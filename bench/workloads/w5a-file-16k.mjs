// SPDX-License-Identifier: MIT
// W5A: a handler that answers with a file, which is in the page cache.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5A', size: '16k', max: 0.6 });
