Bun.serve({
  development: true,
  fetch(req) {
    throw new Error("woops!");
  },
});
