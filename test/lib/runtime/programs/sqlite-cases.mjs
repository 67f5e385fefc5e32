// SPDX-License-Identifier: MIT
// Cases of `bun:sqlite` whose results are compared with Bun's.
import { runCases } from './shown.mjs';
import { cases as statements } from './sqlite-statements.mjs';
import { cases as transactions } from './sqlite-transactions.mjs';

await runCases({ ...statements, ...transactions }, process.argv[2]);
