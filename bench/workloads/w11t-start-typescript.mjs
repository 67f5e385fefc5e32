// SPDX-License-Identifier: MIT
// W11T: the same for a program in TypeScript under the command, beside Bun, tsx, and what has
// nothing to compile.
import { get } from '../lib/requests.mjs';

const subject = (contestant, app, detail) => ({ key: contestant, contestant, app, detail });

export default {
  id: 'W11T',
  name: 'process start to first response, hello.ts',
  measure: 'start',
  app: 'hello',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  repeats: 11,
  subjects: [
    subject('bunserve', 'hello', 'bunserve hello.ts'),
    subject('bun', 'hello', 'bun hello.ts'),
    subject('node', 'text', 'no TypeScript'),
    subject('tsx', 'hello', 'tsx hello.ts'),
    subject('srvx', 'text', 'no TypeScript'),
  ],
  bars: [{ subject: 'bunserve', against: 'node', max: 1.6 }],
};
