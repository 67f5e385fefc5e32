// SPDX-License-Identifier: MIT
//
// Style and script of the page. Both are named by hash in its Content-Security-Policy, so that
// nothing else on it can have a style or run.

export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8;
  --card: #ffffff;
  --text: #1b1e23;
  --muted: #59616c;
  --line: #dfe3e8;
  --accent: #b3202a;
  --mark: #fdeaea;
  --code: #fafbfc;
  --comment: #636b76;
  --string: #0b6b43;
  --keyword: #7136b8;
  --number: #8a4b00;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121418;
    --card: #1a1d22;
    --text: #e7e9ec;
    --muted: #a0a8b3;
    --line: #2d323a;
    --accent: #ff8a87;
    --mark: #3b2528;
    --code: #16181d;
    --comment: #929aa6;
    --string: #86d3a9;
    --keyword: #c7a6ff;
    --number: #e8b968;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: 2rem 1rem 3rem;
  background: var(--page);
  color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 60rem; margin: 0 auto; }
h1, h2, p, ul, dl { margin: 0; padding: 0; }
.where { color: var(--muted); font-family: var(--mono); font-size: 13px; }
.error { margin-top: 1rem; }
.name { color: var(--accent); font-size: 15px; font-weight: 600; }
.message {
  margin-top: .25rem;
  font-size: 21px;
  font-weight: 600;
  line-height: 1.35;
  white-space: pre-wrap;
}
.error .error .message { font-size: 17px; }
.message.value { margin-top: .4rem; font: 500 15px/1.5 var(--mono); }
.message.long, .error .error .message.long { font-size: 15px; font-weight: 500; }
.error .error { margin-top: 1.5rem; padding-left: 1rem; border-left: 3px solid var(--line); }
.relation { color: var(--muted); font-size: 13px; font-weight: 600; }
.properties { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .5rem; font-size: 13px; }
.properties div { display: flex; gap: .4rem; }
dt { color: var(--muted); }
dd { margin: 0; font-family: var(--mono); }
.frames, .card { margin-top: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.frames > * + * { border-top: 1px solid var(--line); }
summary, .frame { padding: .5rem .9rem; }
summary { cursor: pointer; }
summary:hover { background: var(--code); }
summary:focus-visible, button:focus-visible, textarea:focus-visible, .code:focus-visible {
  outline: 2px solid var(--keyword);
  outline-offset: -2px;
}
.call { font-family: var(--mono); font-size: 14px; font-weight: 600; }
.place { color: var(--muted); font-family: var(--mono); font-size: 13px; }
.place::before { content: " "; }
.quiet summary, .quiet .frame { color: var(--muted); font-size: 13px; }
.quiet .frame { padding-left: 2rem; }
.quiet .call { font-weight: 400; font-size: 13px; }
.code {
  margin: 0;
  padding: .6rem 0;
  overflow-x: auto;
  background: var(--code);
  border-top: 1px solid var(--line);
  font: 13px/1.6 var(--mono);
  tab-size: 4;
  overflow-wrap: normal;
}
.code code { display: inline-block; min-width: 100%; font: inherit; }
.code .row { display: flex; padding-right: 1rem; white-space: pre; }
.code .at { background: var(--mark); box-shadow: inset 3px 0 var(--accent); }
.code .number-of { flex: none; width: 4.2em; padding-right: 1.2em; color: var(--muted); text-align: right; user-select: none; }
.code .caret { color: var(--accent); font-weight: 700; user-select: none; }
.comment { color: var(--comment); }
.string { color: var(--string); }
.keyword { color: var(--keyword); }
.number { color: var(--number); }
.request { padding: .25rem .9rem .75rem; }
.request div { display: grid; grid-template-columns: 12rem 1fr; gap: 0 1rem; padding: .2rem 0; font-size: 13px; }
textarea {
  display: block;
  width: 100%;
  height: 14rem;
  padding: .75rem .9rem;
  border: 0;
  border-top: 1px solid var(--line);
  background: var(--code);
  color: var(--text);
  font: 13px/1.5 var(--mono);
  resize: vertical;
}
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem; }
button {
  padding: .3rem .8rem;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--card);
  color: var(--text);
  font: inherit;
  font-size: 13px;
  cursor: pointer;
}
button:hover { border-color: var(--muted); }
footer { margin-top: 1.5rem; color: var(--muted); font-size: 13px; }
@media (max-width: 40rem) {
  body { padding: 1rem .75rem 2rem; }
  .message { font-size: 18px; }
  .place { display: block; }
  .place::before { content: none; }
  .code .number-of { width: 3.2em; padding-right: .8em; }
  .request div { grid-template-columns: 1fr; padding: .35rem 0; }
}
`;

/** Without it everything is there but the button; the text can be marked and copied by hand. */
export const script = `
const button = document.querySelector('button');
const area = document.querySelector('textarea');
const plain = button.textContent;
button.hidden = false;
button.addEventListener('click', async () => {
  let copied = false;
  try {
    await navigator.clipboard.writeText(area.value);
    copied = true;
  } catch {
    area.closest('details').open = true;
    area.select();
    copied = document.execCommand('copy');
  }
  button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
  setTimeout(() => { button.textContent = plain; }, 2000);
});
`;
