// SPDX-License-Identifier: MIT
// W5BU: W5B over a unix socket.
import { fileWorkload } from '../lib/file-workloads.mjs';

export default fileWorkload({ id: 'W5BU', size: '1m', unix: true, max: 0.8 });
