// SPDX-License-Identifier: MIT
// W5C: a handler that answers with a file, which is in the page cache.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5C', size: '64m', max: 1 });
