// SPDX-License-Identifier: MIT
// W5AU: W5A over a unix socket.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5AU', size: '16k', unix: true, max: 0.6 });
