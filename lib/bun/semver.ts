// SPDX-License-Identifier: MIT
// Bun.semver: versions in order, and whether one lies in a range of npm's (semver.org, node-semver's
// grammar of ranges). Programs ask it for the version of Bun they run on.

interface Version {
  /** Missing or wild parts end the list. */
  readonly parts: readonly number[];
  readonly pre: readonly (string | number)[];
}

const VERSION =
  /^[v=\s]*(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

function parse(text: string): Version | null {
  const found = VERSION.exec(text.trim());
  if (found === null) return null;
  const parts: number[] = [];
  for (const part of found.slice(1, 4)) {
    if (part === undefined || /[xX*]/.test(part)) break;
    parts.push(Number(part));
  }
  const pre = (found[4] ?? '').split('.').filter((name) => name !== '');
  return { parts, pre: pre.map((name) => (/^\d+$/.test(name) ? Number(name) : name)) };
}

function compareNames(a: Version['pre'], b: Version['pre']): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    // Numbers come before names (semver.org 11.4.3).
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

function compare(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a.parts[i] ?? 0) - (b.parts[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return compareNames(a.pre, b.pre);
}

type Test = (version: Version) => boolean;

/** The first version after all that start with the first `count` parts. */
function after(version: Version, count: number): Version {
  const parts = [0, 1, 2].map((i) => (i < count ? (version.parts[i] ?? 0) : 0));
  parts[count - 1] = (parts[count - 1] as number) + 1;
  return { parts, pre: [0] };
}

function between(low: Version, high: Version): Test {
  return (version) => compare(version, low) >= 0 && compare(version, high) < 0;
}

/** ^: no change of the first part that is not zero. */
function caretParts(bound: Version): number {
  const first = bound.parts.findIndex((part) => part !== 0);
  return first < 0 ? Math.max(1, bound.parts.length) : first + 1;
}

function comparator(operator: string, bound: Version): Test {
  const given = bound.parts.length;
  const isWhole = given === 3;
  switch (operator) {
    case '^':
      return given === 0 ? () => true : between(bound, after(bound, caretParts(bound)));
    case '~':
    case '~>':
      return given === 0 ? () => true : between(bound, after(bound, Math.min(given, 2)));
    case '>':
      if (given === 0) return () => false;
      return isWhole
        ? (version) => compare(version, bound) > 0
        : (version) => compare(version, after(bound, given)) >= 0;
    case '>=':
      return (version) => compare(version, bound) >= 0;
    case '<':
      return given === 0
        ? () => false
        : (version) => compare(version, isWhole ? bound : { ...bound, pre: [0] }) < 0;
    case '<=':
      if (given === 0) return () => true;
      return isWhole
        ? (version) => compare(version, bound) <= 0
        : (version) => compare(version, after(bound, given)) < 0;
    default:
      if (given === 0) return () => true;
      return isWhole
        ? (version) => compare(version, bound) === 0
        : between(bound, after(bound, given));
  }
}

/** All comparators of one alternative hold; prereleases only where one of them names its version. */
function alternative(text: string): Test | null {
  const spread = text
    .replace(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2')
    .replace(/(\^|~>|~|>=|<=|>|<|=)\s+/g, '$1')
    .trim();
  const bounds: Version[] = [];
  const tests: Test[] = [];
  for (const word of spread === '' ? ['*'] : spread.split(/\s+/)) {
    const [, operator = '', rest = ''] = /^(\^|~>|~|>=|<=|>|<|=)?(.*)$/.exec(word) ?? [];
    const bound = parse(rest);
    if (bound === null) return null;
    bounds.push(bound);
    tests.push(comparator(operator, bound));
  }
  return (version) => {
    if (!tests.every((holds) => holds(version))) return false;
    if (version.pre.length === 0) return true;
    return bounds.some(
      ({ parts, pre }) => pre.length > 0 && parts.every((part, i) => part === version.parts[i]),
    );
  };
}

export const semver = {
  /** Whether a version lies in a range; false for what is neither. */
  satisfies(version: string, range: string): boolean {
    const parsed = parse(String(version));
    if (parsed === null || parsed.parts.length !== 3) return false;
    return String(range)
      .split('||')
      .some((text) => alternative(text)?.(parsed) === true);
  },

  /** -1, 0 or 1, for sorting. @throws TypeError for what is no version. */
  order(left: string, right: string): -1 | 0 | 1 {
    const [a, b] = [parse(String(left)), parse(String(right))];
    if (a === null || b === null)
      throw new TypeError(`Invalid SemVer: ${a === null ? left : right}`);
    return compare(a, b) as -1 | 0 | 1;
  },
};
