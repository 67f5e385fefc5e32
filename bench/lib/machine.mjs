// SPDX-License-Identifier: MIT
// Facts about the machine: the two cores to use, the limit of open files, what to print beside the
// figures. Knows nothing of servers or workloads.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

function readLine(file, name) {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(name));
  return (
    line
      ?.slice(name.length)
      .replace(/^[\s:]+/, '')
      .trim() ?? ''
  );
}

// "0-2,5" -> [0, 1, 2, 5]
function expandCpuList(list) {
  return list.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

export function pickCores(options) {
  const allowed = expandCpuList(readLine('/proc/self/status', 'Cpus_allowed_list'));
  return {
    server: options.serverCpu ?? allowed[0],
    load: options.loadCpu ?? allowed[1] ?? allowed[0],
    count: allowed.length,
  };
}

export function openFilesLimit() {
  return Number(readLine('/proc/self/limits', 'Max open files').split(/\s+/)[0]);
}

export function machineFacts(cores) {
  return {
    date: new Date().toISOString(),
    cpu: readLine('/proc/cpuinfo', 'model name') || os.arch(),
    cores: os.cpus().length,
    serverCore: cores.server,
    loadCore: cores.load,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release().split('-')[0]}`,
    congestion: readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim(),
    node: process.version,
  };
}

// Everything here is Linux: epoll, /proc, taskset. Says what is missing and what to do about it.
export function requireTools() {
  if (process.platform !== 'linux') {
    throw new Error('the benchmark needs Linux (epoll, /proc, taskset)');
  }
  for (const [tool, cure] of [
    ['taskset', 'install util-linux'],
    ['cc', 'install gcc or clang'],
  ]) {
    try {
      execFileSync(tool, ['--version'], { stdio: 'ignore' });
    } catch {
      throw new Error(`${tool} is missing: ${cure}`);
    }
  }
}
