// SPDX-License-Identifier: MIT
// W5B: a handler that answers with a file, which is in the page cache.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5B', size: '1m', max: 0.8 });
