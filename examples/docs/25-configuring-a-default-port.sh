$ BUN_PORT=4002 bun server.ts
