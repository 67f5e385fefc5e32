// A React front end with an API, on one port: `npm start`, then http://localhost:3000
import { serve } from 'bun';
import page from './index.html';

const entries = [{ id: 1, name: 'The server', text: 'Be the first to sign.' }];

const server = serve({
  routes: {
    '/': page,
    '/api/entries': {
      GET: () => Response.json(entries),
      POST: async (req) => {
        const form = await req.formData();
        const name = String(form.get('name') ?? '').trim();
        const text = String(form.get('text') ?? '').trim();
        if (name === '' || text === '') {
          return Response.json({ error: 'A name and a text, please.' }, { status: 400 });
        }
        const entry = { id: entries.length + 1, name, text };
        entries.unshift(entry);
        return Response.json(entry, { status: 201 });
      },
    },
    '/api/*': Response.json({ error: 'Not found' }, { status: 404 }),
  },
  development: process.env.NODE_ENV !== 'production' && { hmr: true, console: true },
});

console.log(`Listening on ${server.url}`);
