// SPDX-License-Identifier: MIT
// request.cookies on a server where the differential suite cannot look: Node's own Response,
// subclasses with intentions, changes that come too late, the library without `register`.
import { inspect } from 'node:util';
import { setImmediate as turn } from 'node:timers/promises';
import { type BunRequest, Cookie, CookieMap, Response } from 'bunserve';
import { exchange, gate, get, text, withClient, withServer } from '../../helpers/with-server.js';
import type { HttpMessage } from '../../helpers/http-message.js';

type RouteHandler = (req: BunRequest, server: unknown) => Response | Promise<Response>;

function cookiesIn(message: HttpMessage | undefined): string[] {
  const fields = message?.headers ?? [];
  return fields.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => value);
}

async function cookiesOf(handler: RouteHandler, ...fields: string[]): Promise<string[]> {
  return withServer({ routes: { '/': handler as never } }, async (server) => {
    const [message] = await exchange(server, get('/', ...fields));
    expect(message?.status).toBe(200);
    return cookiesIn(message);
  });
}

const plain = (pair: string): string => `${pair}; Path=/; SameSite=Lax`;

test("Node's own Response carries them as well", async () => {
  const native = globalThis.Response as unknown as typeof Response;
  expect(native).not.toBe(Response);
  const sent = await cookiesOf((req) => {
    req.cookies.set('x', '1');
    return new native('hi', { headers: { 'set-cookie': 'own=1' } });
  });
  expect(sent).toEqual(['own=1', plain('x=1')]);
});

test('a Response that is sent twice does not collect cookies', async () => {
  const options = {
    routes: {
      '/:id': (req: BunRequest<'/:id'>) => {
        req.cookies.set('id', req.params.id);
        return shared.clone() as never;
      },
    },
  };
  const shared = new Response('shared', { headers: { 'x-a': '1' } });
  await withServer(options, async (server) => {
    const messages = await exchange(server, get('/1') + get('/2'), 2);
    expect(messages.map(cookiesIn)).toEqual([[plain('id=1')], [plain('id=2')]]);
  });
  expect(shared.headers.getSetCookie()).toEqual([]);
});

test('a subclass cannot write lines of its own into the response', async () => {
  class Sly extends Cookie {
    override get name(): string {
      return 'x\r\nevil: 1';
    }
    override get value(): string {
      return 'y\r\nevil: 2';
    }
    override toString(): string {
      return 'z\r\nevil: 3';
    }
    override serialize(): string {
      return this.toString();
    }
  }
  const sent = await cookiesOf((req) => {
    req.cookies.set(new Sly('a', 'b'));
    expect(req.cookies.get('a')).toBe('b');
    return new Response('hi');
  });
  expect(sent).toEqual([plain('a=b')]);
});

test('what looks like a Cookie is read as options', async () => {
  const fake = Object.create(Cookie.prototype, {
    name: { value: 'a' },
    value: { value: 'b\r\nevil: 1' },
    domain: { value: null },
    path: { value: '/' },
    expires: { value: undefined },
    maxAge: { value: undefined },
    secure: { value: false },
    httpOnly: { value: false },
    partitioned: { value: false },
    sameSite: { value: 'lax' },
  }) as Cookie;
  const sent = await cookiesOf((req) => {
    req.cookies.set(fake);
    return new Response('hi');
  });
  expect(sent).toEqual([plain('a=b%0D%0Aevil%3A%201')]);
});

test('changes after the response are lost, and harm nothing', async () => {
  let kept: CookieMap | undefined;
  const sent = await cookiesOf((req) => {
    kept = req.cookies;
    kept.set('x', '1');
    return new Response('hi');
  });
  expect(sent).toEqual([plain('x=1')]);
  kept?.set('late', '1');
  expect(kept?.toSetCookieHeaders()).toHaveLength(2);
});

test('cookies can be read for the first time after the response, and after an abort', async () => {
  const handled = gate<BunRequest>();
  const routes = {
    '/': (req: BunRequest) => (handled.open(req), new Response('hi') as never),
    '/slow': async (req: BunRequest) => {
      late.open(req);
      await aborted(req.signal);
      return new Response('nobody reads this') as never;
    },
  };
  const late = gate<BunRequest>();
  await withServer({ routes }, async (server) => {
    await exchange(server, get('/', 'Cookie: a=1'));
    expect((await handled.promise).cookies.get('a')).toBe('1');
    await withClient(server, async (client) => {
      await client.write(get('/slow', 'Cookie: a=2'));
      await late.promise;
    });
    const request = await late.promise;
    await aborted(request.signal);
    request.cookies.set('b', '3');
    expect([...request.cookies.keys()]).toEqual(['b', 'a']);
  });
});

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

test('a field as long as a head may be is read in one pass', async () => {
  const pairs = Array.from({ length: 2500 }, (_, i) => `${i.toString(36)}=%${'  '}`);
  const spaced = `a${' '.repeat(5000)}b=${' '.repeat(5000)}`;
  const routes = {
    '/': (req: BunRequest) => {
      for (const name of req.cookies.keys()) req.cookies.delete(name);
      return new Response(String(req.cookies.toSetCookieHeaders().length)) as never;
    },
    '/spaced': (req: BunRequest) => new Response(String(req.cookies.size)) as never,
  };
  await withServer({ routes }, async (server) => {
    const [many] = await exchange(server, get('/', `Cookie: ${pairs.join(';').slice(0, 15_000)}`));
    expect(Number(text(many))).toBeGreaterThan(1500);
    const [spaces] = await exchange(server, get('/spaced', `Cookie: ${spaced}`));
    expect(text(spaces)).toBe('1');
  });
});

test('pipelined requests answered out of turn keep their own cookies', async () => {
  const first = gate();
  const routes = {
    '/:id': async (req: BunRequest<'/:id'>) => {
      req.cookies.set('id', req.params.id);
      if (req.params.id === '1') await first.promise;
      return new Response('hi') as never;
    },
  };
  await withServer({ routes }, async (server) => {
    await withClient(server, async (client) => {
      await client.write(get('/1') + get('/2'));
      await turn();
      first.open();
      await client.untilMessages(2);
      expect(client.messages.map(cookiesIn)).toEqual([[plain('id=1')], [plain('id=2')]]);
    });
  });
});

test('shown by console.log', () => {
  expect(inspect(new CookieMap('a=1; b=2'))).toBe("CookieMap { a: '1', b: '2' }");
  expect(inspect(new Cookie('a', 'b', { secure: true }))).toContain("Cookie {\n  name: 'a'");
});
