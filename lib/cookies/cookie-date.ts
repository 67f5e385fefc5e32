// SPDX-License-Identifier: MIT
//
// Dates of cookies as servers have written them since Netscape: RFC 1123, RFC 850 and asctime, in
// any order of day and month, with or without weekday, time and zone (RFC 6265 5.1.1, more or
// less). Date.parse is no help: it takes years alone and ISO dates, and the zone of this machine.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Minutes east of UTC. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  edt: -240,
  est: -300,
  cdt: -300,
  cst: -360,
  mdt: -360,
  mst: -420,
  pdt: -420,
  pst: -480,
};

const TIME = /(?:^|[\s,])(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?=\s|$)/;
const OFFSET = /(?:\s|^|gmt|utc)([+-])(\d{2}):?(\d{2})$/;
const DAY_MONTH_YEAR = /^(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s,-]+(\d{1,6})$/;
const MONTH_DAY_YEAR = /^([a-z]{3})[a-z]*\s+(\d{1,2}),?\s+(\d{1,6})$/;
const WEEKDAY = /^[a-z]+\b[\s,]*(?=\d|[a-z]+\s+\d)/;
const COMMENT = /\([^()]*\)\s*$/;
const MAX_LENGTH = 100;

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 50 ? year + 2000 : year + 1900;
}

/** Takes the zone off the end of the text. */
function splitZone(text: string): [rest: string, minutesEast: number] {
  const offset = OFFSET.exec(text);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    const rest = text.slice(0, text.length - 5 - (text.at(-3) === ':' ? 1 : 0)).trimEnd();
    return [splitZone(rest)[0], offset[1] === '-' ? -minutes : minutes];
  }
  const name = /\s([a-z]{2,3})$/.exec(text)?.[1];
  const known = name === undefined || !Object.hasOwn(ZONES, name) ? undefined : ZONES[name];
  if (name === undefined || known === undefined) return [text, 0];
  return [text.slice(0, -name.length).trimEnd(), known];
}

function splitDate(text: string): (string | undefined)[] | undefined {
  const found = DAY_MONTH_YEAR.exec(text);
  if (found !== null) return found.slice(1);
  const [, month, day, year] = MONTH_DAY_YEAR.exec(text) ?? [];
  return year === undefined ? undefined : [day, month, year];
}

/** Milliseconds since the epoch, NaN when the text is no date. */
export function parseCookieDate(text: string): number {
  if (text.length > MAX_LENGTH) return NaN;
  const [timed, minutesEast] = splitZone(text.toLowerCase().replace(COMMENT, '').trim());
  const time = TIME.exec(timed);
  const clock = [Number(time?.[1] ?? 0), Number(time?.[2] ?? 0), Number(time?.[3] ?? 0)];
  const [hours, minutes, seconds] = clock as [number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return NaN;
  const dated = (time === null ? timed : timed.replace(time[0], ' ')).trim();
  const [day, month, year] = splitDate(dated) ?? splitDate(dated.replace(WEEKDAY, '')) ?? [];
  const monthIndex = MONTHS.indexOf(month ?? '');
  if (monthIndex < 0 || Number(day) < 1 || Number(day) > 31) return NaN;
  const date = new Date(0);
  date.setUTCFullYear(fullYear(year as string), monthIndex, Number(day));
  return date.getTime() + ((hours * 60 + minutes - minutesEast) * 60 + seconds) * 1000;
}
