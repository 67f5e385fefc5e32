// SPDX-License-Identifier: MIT
//
// A V8 stack as frames. The head of the text repeats the error's message, which may hold anything,
// lines that look like frames included; so the frames are only trusted when they stand right behind
// the whole message.

const url = process.getBuiltinModule('node:url');

export interface StackFrame {
  /** Name of the function as V8 shows it, with `async` and `new`; '' when it has none. */
  call: string;
  /** Absolute path or URL-like name (`node:fs`); '' for native code. */
  file: string;
  /** From 1; 0 when unknown. */
  line: number;
  column: number;
}

export interface Stack {
  frames: StackFrame[];
  /** The frames are V8's own, not a message's. */
  trusted: boolean;
}

const MAX_FRAMES = 50;
const MAX_LINE = 2000;
const FRAME_LINE = /^ {4}at (.+)$/;
const POSITION = /^(.*?):(\d+):(\d+)$/;

function fileOf(location: string): string {
  if (!location.startsWith('file:')) return location;
  try {
    return url.fileURLToPath(location);
  } catch {
    return location;
  }
}

function parseFrame(text: string): StackFrame {
  let call = '';
  let location = text;
  // "name (location)", where names of methods may themselves have parentheses and spaces.
  const open = text.endsWith(')') ? text.lastIndexOf(' (') : -1;
  if (open > 0) {
    call = text.slice(0, open);
    location = text.slice(open + 2, -1);
  } else if (text.startsWith('async ')) {
    call = 'async';
    location = text.slice('async '.length);
  }
  const position = POSITION.exec(location);
  if (position === null) return { call: text, file: '', line: 0, column: 0 };
  const [, file, line, column] = position as unknown as [string, string, string, string];
  return { call, file: fileOf(file), line: Number(line), column: Number(column) };
}

function framesIn(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of text.split('\n')) {
    // A line of a message may be of any length, and made to keep a pattern busy.
    if (line.length > MAX_LINE) continue;
    const found = FRAME_LINE.exec(line);
    if (found !== null && frames.length < MAX_FRAMES) frames.push(parseFrame(found[1] as string));
  }
  return frames;
}

export function parseStack(stack: string, message: string): Stack {
  const at = stack.indexOf(`${message}\n    at `);
  if (at >= 0) return { frames: framesIn(stack.slice(at + message.length)), trusted: true };
  // Without frames, or the message was changed after the error was made: then frames are shown, but
  // no word of them is believed.
  return { frames: framesIn(stack), trusted: false };
}
