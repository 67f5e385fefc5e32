const server = Bun.serve({
  fetch() {
    return new Response("Bun!");
  },
});

server.stop();
