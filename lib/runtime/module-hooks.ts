// SPDX-License-Identifier: MIT
//
// Installs the module hooks: synchronous ones in this thread where Node has them; otherwise (Node 20)
// the loader thread's for import, and for require() the two functions that CommonJS goes through.

import type { HooksData } from './hooks.js';
import type { ModuleTracker } from './module-tracker.js';
import { RequiredModules } from './required-modules.js';
import { mayNeedHooks } from './entry-scan.js';
import {
  HookSteps,
  type LoadContext,
  type LoadResult,
  type ResolveContext,
  type ResolveResult,
} from './hook-steps.js';

type Next<Context, Result> = (what: string, context: Context) => Result;
interface HookApi {
  registerHooks?: (hooks: {
    resolve: (
      specifier: string,
      context: ResolveContext,
      next: Next<ResolveContext, ResolveResult>,
    ) => ResolveResult;
    load: (url: string, context: LoadContext, next: Next<LoadContext, LoadResult>) => LoadResult;
  }) => void;
  register?: (
    specifier: string,
    parent: string,
    options: { data: HooksData; transferList: unknown[] },
  ) => void;
  setSourceMapsSupport?: (
    enabled: boolean,
    options: { nodeModules: boolean; generatedCode: boolean },
  ) => void;
}
interface CommonJsModule {
  filename: string;
  _compile: (code: string, file: string, format?: string) => void;
}
interface CommonJs {
  _resolveFilename: (request: string, parent?: CommonJsModule, ...rest: unknown[]) => string;
  _extensions: Record<string, (module: CommonJsModule, file: string) => void>;
}

const COMPILED = ['.ts', '.tsx', '.mts', '.cts', '.jsx'];
const DATA = ['.toml', '.jsonc', '.txt'];
const { realpathSync } = process.getBuiltinModule('node:fs');
const Module: unknown = process.getBuiltinModule('node:module');
let installed = false;

export interface HookOptions {
  tracker?: ModuleTracker | undefined;
  /** The program gets along without a loader thread; see direct-entry.ts. */
  isDirect?: boolean;
}

/** `entry`: the program's main file. */
export function installModuleHooks(
  entry: string | undefined,
  { tracker, isDirect = false }: HookOptions = {},
): void {
  if (installed) return;
  installed = true;
  const api = Module as HookApi;
  const main = realPath(entry);
  const steps = new HookSteps(
    main,
    tracker && { generations: tracker.generations, onFile: (file) => tracker.onFile(file) },
  );
  if (api.registerHooks === undefined) {
    if (!isDirect && (tracker !== undefined || mayNeedHooks(entry))) {
      showSources();
      const port = tracker?.channel();
      api.register?.('./hooks.js', import.meta.url, {
        data: { main, generations: tracker?.generations, port },
        transferList: port === undefined ? [] : [port],
      });
    }
    installInCommonJs(steps);
    return;
  }
  api.registerHooks({
    resolve: (specifier, context, next) => {
      const own = steps.own(specifier);
      if (own !== undefined) return own;
      let found: ResolveResult;
      try {
        found = next(steps.before(specifier, context), context);
      } catch (error) {
        found = next(steps.after(specifier, context, error), context);
      }
      return steps.marked(found, context);
    },
    load: (url, context, next) => {
      const loaded = steps.load(url, context);
      if (loaded === undefined) return steps.adapt(url, next(url, context));
      showSources();
      return loaded;
    },
  });
  installInCommonJs(steps);
}

/** Modules are known by the path behind all links. */
function realPath(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : realpathSync(file);
  } catch {
    return file;
  }
}

let areSourcesShown = false;

/** Stack traces name lines of the sources; of those outside of node_modules where Node can tell. */
export function showSources(): void {
  if (areSourcesShown) return;
  areSourcesShown = true;
  const { setSourceMapsSupport } = Module as HookApi;
  if (setSourceMapsSupport === undefined) process.setSourceMapsEnabled(true);
  else setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
}

/** require.resolve() asks no hooks on some versions; what they have found is found again here. */
function installResolve(steps: HookSteps): void {
  const { _resolveFilename: original } = Module as CommonJs;
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  (Module as CommonJs)._resolveFilename = function (request, parent, ...rest) {
    const own = steps.own(request);
    if (own !== undefined) return fileURLToPath(own.url);
    const context = { conditions: ['require'], parentURL: parent?.filename };
    try {
      return original.call(this, steps.before(request, context), parent, ...rest);
    } catch (error) {
      return original.call(this, steps.after(request, context, error), parent, ...rest);
    }
  };
}

/**
 * Files that are compiled, when CommonJS comes to them. Also where there are hooks: newer versions of
 * Node take the file's ending for what it is, even when a hook has said something else.
 */
function installInCommonJs(steps: HookSteps): void {
  installResolve(steps);
  const { _extensions: extensions } = Module as CommonJs;
  const { pathToFileURL } = process.getBuiltinModule('node:url');
  const script = extensions['.js'] as (module: CommonJsModule, file: string) => void;
  const isAsked = (Module as HookApi).registerHooks !== undefined;
  const required = new RequiredModules(steps);
  const run = (module: CommonJsModule, file: string, loaded: LoadResult): void => {
    showSources();
    const code = loaded.source as string;
    const isLinked = isAsked || loaded.format !== 'module';
    const linked = isLinked ? code : required.linked(code, file);
    module._compile(linked, file, loaded.format as string);
  };
  const load = (module: CommonJsModule, file: string): void => {
    const loaded = steps.load(pathToFileURL(file).href, { conditions: ['require'] });
    if (loaded === undefined) script(module, file);
    else run(module, file, loaded);
  };
  for (const ending of COMPILED) extensions[ending] = load;
  if (isAsked) return;
  for (const ending of DATA) extensions[ending] = load;
  const json = extensions['.json'] as (module: CommonJsModule, file: string) => void;
  extensions['.json'] = (module, file) => {
    steps.note(file);
    json(module, file);
  };
  extensions['.js'] = (module, file) => {
    steps.note(file);
    const loaded = file.endsWith('.mjs') ? steps.module(file) : steps.jsx(file);
    if (loaded === undefined) script(module, file);
    else run(module, file, loaded);
  };
}
