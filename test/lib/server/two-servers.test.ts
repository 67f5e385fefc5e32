// SPDX-License-Identifier: MIT
// Servers of one process share the loop and its socket slots. What one of them still has to say to
// a client that left must not reach the client of another that got the slot.
import { Response } from 'bunserve';
import { connectTo, gate, get, text, withServer } from '../../helpers/with-server.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('two servers', () => {
  it('never answer for each other', async () => {
    const called = gate();
    const late = gate();
    const slow = async () => {
      called.open();
      await late.promise;
      return new Response('of the first server');
    };
    await withServer({ fetch: slow }, async (first) => {
      const gone = await connectTo(first);
      await gone.write(get());
      await called.promise;
      gone.destroy();
      while (first.pendingRequests > 0) await turn();

      const reached = gate();
      const answer = gate();
      const fetch = async () => {
        reached.open();
        await answer.promise;
        return new Response('of the second server');
      };
      await withServer({ fetch }, async (second) => {
        const client = await connectTo(second);
        await client.write(get());
        await reached.promise;
        late.open();
        await turn();
        expect(client.messages).toHaveLength(0);
        answer.open();
        await client.untilMessages(1);
        expect(text(client.messages[0])).toBe('of the second server');
        client.destroy();
      });
    });
  });
});
