// SPDX-License-Identifier: MIT
//
// Builds of the process's pages, one at a time for a project and shared by all servers. What failed is
// tried again when somebody serves it anew.

import type { HTMLBundle } from '../router/html-bundle.js';
import type { BuiltSite } from './build.js';
import type { BuildTask } from './build-worker.js';
import { readBuiltSite } from './prebuilt.js';
import { assureVite, projectOf } from './vite.js';

interface Build {
  indexes: ReadonlySet<string>;
  site: Promise<BuiltSite>;
  hasFailed: boolean;
}

const builds = new Map<string, Build>();

function runWorker(task: BuildTask): Promise<BuiltSite> {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./html-worker.js', import.meta.url), {
      workerData: task,
      execArgv: [],
      // The program's own NODE_ENV stays what it is.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    worker.once('message', (answer: { site?: BuiltSite; error?: Error }) => {
      void worker.terminate();
      if (answer.site !== undefined) resolve(answer.site);
      else reject(Object.assign(new Error(answer.error?.message), answer.error));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The build ended with exit code ${code}`)));
  });
}

/**
 * The built pages of a project that has the given ones. `anew`: a build that failed is tried again;
 * visitors cannot do that.
 */
export function builtSite(
  root: string,
  bundles: readonly HTMLBundle[],
  anew: boolean,
): Promise<BuiltSite> {
  const wanted = bundles.map(({ index }) => index);
  const known = builds.get(root);
  const hasAll = known !== undefined && wanted.every((index) => known.indexes.has(index));
  if (hasAll && !(anew && known.hasFailed)) return known.site;
  const prebuilt = readBuiltSite(root, wanted);
  let site: Promise<BuiltSite>;
  const indexes = new Set([...wanted, ...(known?.indexes ?? [])]);
  if (prebuilt !== undefined) site = Promise.resolve(prebuilt);
  else {
    assureVite(root);
    site = runWorker({ root, indexes: [...indexes], main: process.argv[1] });
  }
  const build = { indexes, site, hasFailed: false };
  builds.set(root, build);
  site.catch(() => {
    build.hasFailed = true;
  });
  return site;
}

/** The bundles by the project they are in. */
export function byProject(bundles: readonly HTMLBundle[]): Map<string, HTMLBundle[]> {
  const projects = new Map<string, HTMLBundle[]>();
  for (const bundle of bundles) {
    const root = projectOf(bundle.index);
    projects.set(root, [...(projects.get(root) ?? []), bundle]);
  }
  return projects;
}
