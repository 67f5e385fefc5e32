// SPDX-License-Identifier: MIT
//
// The long texts about `routes`. People search for them and programs compare with them, so they are
// Bun's (behaviours 6.14, 6.23).

import { invalidArgument } from '../errors.js';

const LEARN_MORE = 'Learn more at https://bun.com/docs/api/http';

const ROUTES_SHAPE = `Bun.serve() expects 'routes' to be an object shaped like:

  {
    "/path": {
      GET: (req) => new Response("Hello"),
      POST: (req) => new Response("Hello"),
    },
    "/path2/:param": new Response("Hello"),
    "/path3/:param1/:param2": (req) => new Response("Hello")
  }

${LEARN_MORE}`;

const NEEDS_HANDLER = `Bun.serve() needs either:

  - A routes object:
     routes: {
       "/path": {
         GET: (req) => new Response("Hello")
       }
     }

  - Or a fetch handler:
     fetch: (req) => {
       return new Response("Hello")
     }

${LEARN_MORE}`;

const VALUE_SHAPE = `'routes' expects a Record<string, Response | HTMLBundle | {[method: string]: (req: BunRequest) => Response|Promise<Response>}>

To bundle frontend apps on-demand with Bun.serve(), import HTML files.

Example:

\`\`\`js
import { serve } from "bun";
import app from "./app.html";

serve({
  routes: {
    "/index.json": Response.json({ message: "Hello World" }),
    "/app": app,
    "/path/:param": (req) => {
      const param = req.params.param;
      return Response.json({ message: \`Hello \${param}\` });
    },
    "/path": {
      GET(req) {
        return Response.json({ message: "Hello World" });
      },
      POST(req) {
        return Response.json({ message: "Hello World" });
      },
    },
  },

  fetch(request) {
    return new Response("fallback response");
  },
});
\`\`\`

See https://bun.com/docs/api/http for more information.`;

export function routesTypeError(): Error {
  return invalidArgument(ROUTES_SHAPE);
}

export function noHandlerError(): Error {
  return invalidArgument(NEEDS_HANDLER);
}

export function routesValueError(): Error {
  return invalidArgument(VALUE_SHAPE);
}
