// SPDX-License-Identifier: MIT
// Cases of `sql` and `SQL` whose results are compared with Bun's: against the PostgreSQL of
// $DATABASE_URL, whose database is empty.
import { sql } from 'bun';
import { runCases } from './shown.mjs';
import { cases as queries } from './sql-queries.mjs';
import { cases as connections } from './sql-connections.mjs';

await runCases({ ...queries, ...connections }, process.argv[2]);
await sql.close();
