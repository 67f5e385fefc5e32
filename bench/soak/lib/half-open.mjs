// SPDX-License-Identifier: MIT
// A program: `half-open.mjs PORT COUNT` opens so many connections, sends each the same complete
// ClientHello and never goes on; whoever is closed comes again. Prints how often it came, ends with
// its stdin.
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [port, count] = process.argv.slice(2).map(Number);

/** The hello of Node's own client. */
async function hello() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const first = new Promise((resolve) => {
    server.once('connection', (socket) => {
      socket.on('error', () => undefined).once('data', (data) => resolve({ data, socket }));
    });
  });
  connectTls({ port: server.address().port, host: '127.0.0.1' }).on('error', () => undefined);
  const { data, socket } = await first;
  socket.destroy();
  server.close();
  return data;
}

const bytes = await hello();
let came = 0;

function attack() {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined).on('close', () => setTimeout(attack, 100));
  socket.on('connect', () => {
    came++;
    socket.write(bytes);
  });
  socket.resume();
}

for (let i = 0; i < count; i++) attack();
setInterval(() => console.log(came), 100);
process.stdin.on('end', () => process.exit()).resume();
