$ bun --port=4002 server.ts
