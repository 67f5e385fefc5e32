// SPDX-License-Identifier: MIT
//
// What `import app from "./index.html"` yields: the name of a file, good as a route's value and as a
// body. It knows nothing of what makes pages out of it.

import type { BodySource } from '../fetch/body.js';
import { kPage } from '../fetch/internal.js';

/** What can make pages: the sites of running servers. */
interface Renderer {
  render(bundle: HTMLBundle): Promise<string | Uint8Array>;
}

const renderers = new Set<Renderer>();

export function addRenderer(renderer: Renderer): void {
  renderers.add(renderer);
}

export function removeRenderer(renderer: Renderer): void {
  renderers.delete(renderer);
}

const constructing = Symbol('bunserve.constructing');

/** An HTML file with everything it loads, served as one: scripts, styles, images. */
export class HTMLBundle {
  readonly #index: string;

  /** @internal */
  constructor(guard: typeof constructing, index: string) {
    if (guard !== constructing) throw new TypeError('Illegal constructor');
    this.#index = index;
  }

  /** Absolute path of the HTML file. */
  get index(): string {
    return this.#index;
  }

  /**
   * The page as a body: `new Response(app)`.
   * @internal
   */
  [kPage](): BodySource {
    const bytes = async (): Promise<Uint8Array<ArrayBuffer>> => {
      const [renderer] = renderers;
      if (renderer === undefined) throw new Error('An HTML import has no content without a server');
      return Buffer.from((await renderer.render(this)) as string);
    };
    const stream = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull: async (controller) => {
          controller.enqueue(await bytes());
          controller.close();
        },
      });
    return { bytes, stream };
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'HTMLBundle';
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: (value: object, options: object) => string,
  ): string {
    return `HTMLBundle ${inspect({ index: this.#index }, options)}`;
  }
}

const imported = new Map<string, HTMLBundle>();

/** The bundle of a file; the same one whoever imports it. `file` is absolute. */
export function htmlBundle(file: string): HTMLBundle {
  let bundle = imported.get(file);
  if (bundle === undefined) imported.set(file, (bundle = new HTMLBundle(constructing, file)));
  return bundle;
}

/** All that the program has imported. */
export function importedBundles(): readonly HTMLBundle[] {
  return [...imported.values()];
}

export function anyBundles(): boolean {
  return imported.size > 0;
}

export function isHtmlBundle(value: unknown): value is HTMLBundle {
  return imported.size > 0 && value instanceof HTMLBundle;
}
