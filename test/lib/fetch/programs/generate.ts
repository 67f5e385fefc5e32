// SPDX-License-Identifier: MIT
// Random programs for fast-check: objects of every class, and every method in any order.

import fc from 'fast-check';
import { type Arguments, argumentsOf, on, Taste, type Values } from './arguments.js';
import type { Program, Step, Value } from './language.js';

type Steps = fc.Arbitrary<Step>;

interface Weighted {
  readonly weight: number;
  readonly arbitrary: Steps;
}

function weighted(weight: number, arbitrary: Steps): Weighted {
  return { weight, arbitrary };
}

/** Argument lists; with any taste some are too short. */
function lists(taste: Taste, ...values: Values[]): fc.Arbitrary<Value[]> {
  return fc.tuple(fc.tuple(...values), fc.nat({ max: 7 })).map(([list, die]) => {
    if (taste === Taste.Legal) return list;
    return list.slice(0, die === 0 ? 0 : die < 3 ? 1 : list.length);
  });
}

function makes(verb: Step['do'], list: fc.Arbitrary<Value[]>): Steps {
  return list.map((args) => ({ do: verb, args }) as Step);
}

function making(taste: Taste, values: Arguments): Steps {
  const { body, responseInit, requestInput, requestInit, headersInit, jsonData, url } = values;
  return fc.oneof(
    weighted(4, makes('new Response', lists(taste, body, responseInit))),
    weighted(4, makes('new Request', lists(taste, requestInput, requestInit))),
    weighted(2, makes('new Headers', lists(taste, headersInit))),
    weighted(1, makes('Response.json', lists(taste, jsonData, responseInit))),
    weighted(1, makes('Response.redirect', lists(taste, url, values.redirectStatus))),
    weighted(1, fc.constant({ do: 'Response.error' })),
  );
}

const plainVerbs: Step['do'][] = [
  ...([
    'look',
    'clone',
    'bodyUsed',
    'hasBody',
    'sameBody',
    'type',
    'readChunk',
    'release',
  ] as const),
  ...(['cancelReader', 'cancel', 'tee', 'pipe', 'drain', 'locked', 'entries', 'next'] as const),
  ...(['abort', 'signal', 'instanceof'] as const),
];
const headersOn = fc.integer({ min: -4, max: 3 });

function using(taste: Taste, { name, headerText }: Arguments): Steps {
  const read = fc.record({
    do: fc.constant('read'),
    on,
    method: fc.constantFrom('text', 'json', 'arrayBuffer', 'bytes', 'blob', 'formData'),
  }) as Steps;
  const simple = fc.record({ do: fc.constantFrom(...plainVerbs), on }) as Steps;
  const byob = taste === Taste.Legal ? fc.constant(false) : fc.boolean();
  const reader = fc.record({ do: fc.constant('getReader'), on, byob }) as Steps;
  const attribute = fc.constantFrom('status', 'headers', 'body', 'method', 'url', 'custom');
  const assign = fc.record({ do: fc.constant('assign'), on, name: attribute }) as Steps;
  const call = fc.oneof(
    fc.tuple(fc.constantFrom('append', 'set'), lists(taste, name, headerText)),
    fc.tuple(fc.constantFrom('get', 'has', 'delete'), lists(taste, name)),
    fc.tuple(fc.constantFrom('getSetCookie', 'forEach'), fc.constant<Value[]>([])),
  );
  const headers = fc
    .tuple(headersOn, call)
    .map(([target, [method, args]]) => ({ do: 'headers', on: target, method, args }) as Step);
  const iterator = fc.record({
    do: fc.constant('iterator'),
    on: headersOn,
    method: fc.constantFrom('entries', 'keys', 'values', '@@iterator'),
  }) as Steps;
  return fc.oneof(
    weighted(6, read),
    weighted(12, simple),
    weighted(2, reader),
    weighted(5, headers),
    weighted(2, iterator),
    weighted(taste === Taste.Legal ? 0 : 1, assign),
  );
}

/** Programs that make one or two objects and go on from there. */
export function programs(taste: Taste): fc.Arbitrary<Program> {
  const values = argumentsOf(taste);
  const make = making(taste, values);
  const step = fc.oneof(weighted(7, using(taste, values)), weighted(1, make));
  return fc
    .tuple(fc.array(make, { minLength: 1, maxLength: 2 }), fc.array(step, { maxLength: 9 }))
    .map(([first, rest]) => [...first, ...rest]);
}
