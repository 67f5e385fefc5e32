// SPDX-License-Identifier: MIT
// The file workloads differ in size, way and socket only. `app` names what the servers do: `sendfile`
// (a handler that answers with it, or what a server has for folders) or
// `fileroutes` (a route for each).
import { content } from './files.mjs';
import { get } from './requests.mjs';

const CONNECTIONS = { '16k': 64, '1m': 16, '64m': 4 };
const SHOWN = { '16k': '16 KiB', '1m': '1 MiB', '64m': '64 MiB' };

export function fileWorkload({ id, size, max, unix = false, route = false }) {
  return {
    id,
    name: `a file of ${SHOWN[size]}${route ? ' by route' : ''}${unix ? ', unix socket' : ''}`,
    app: route ? 'fileroutes' : 'sendfile',
    unix,
    requests: [get(`/${size}.bin`)],
    expect: { body: () => content(size).toString() },
    // As a client that writes to disk by splice(2) would: bodies are not copied out.
    load: { connections: CONNECTIONS[size], discard: true },
    bars: [{ subject: 'bunserve', against: 'bun', max }],
  };
}
