// SPDX-License-Identifier: MIT
// W5R: W5A by a file route, without a handler.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5R', size: '16k', route: true, max: 0.6 });
