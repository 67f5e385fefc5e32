// SPDX-License-Identifier: MIT
// W5CU: W5C over a unix socket.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5CU', size: '64m', unix: true, max: 1 });
