$ bun --hot server.ts
