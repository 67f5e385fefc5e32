$ PORT=4002 bun server.ts
