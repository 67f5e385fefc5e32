// SPDX-License-Identifier: MIT
// Checked by the compiler, not run: `bunserve/register` makes `Bun` a global of known type.
import 'bunserve/register';
import type { Server } from 'bunserve';

export const server = (): Server =>
  Bun.serve({
    routes: { '/:id': (req) => new Response(req.params.id) },
    fetch: (req) => new Response(Bun.file(req.url)),
  });
export const cookies = (header: string): number => new Bun.CookieMap(header).size;
// @ts-expect-error no such function
export const none = (): unknown => Bun.nothing();
