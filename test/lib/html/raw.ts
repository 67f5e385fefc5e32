// SPDX-License-Identifier: MIT
// One request as it is written, and its answer as it came: nothing is decoded.
import { RawClient } from '../../helpers/raw-client.js';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export async function connectRaw(
  url: string,
  path: string,
  ...fields: string[]
): Promise<RawAnswer> {
  const client = await RawClient.connect({ port: Number(new URL(url).port) });
  try {
    const host = fields.some((field) => /^host:/i.test(field)) ? [] : ['Host: localhost'];
    await client.write(`GET ${path} HTTP/1.1\r\n${[...host, ...fields].join('\r\n')}\r\n\r\n`);
    await client.untilMessages(1);
    const [message] = client.messages;
    if (message === undefined) throw new Error('no answer');
    const headers = Object.fromEntries(
      message.headers.map(([name, value]) => [name.toLowerCase(), value]),
    );
    return { status: message.status, headers, body: message.body };
  } finally {
    client.destroy();
  }
}
