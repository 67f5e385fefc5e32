// SPDX-License-Identifier: MIT
//
// The pages of one server in production: built once, then answered by the native side alone.

import { file } from '../file/bun-file.js';
import { typeOfPath } from '../file/mime.js';
import { Response } from '../fetch/response.js';
import { ANY_METHOD, type NativeRoute, RouteKind } from '../native/contract.js';
import { fileRoute } from '../router/file-route.js';
import {
  addRenderer,
  type HTMLBundle,
  importedBundles,
  removeRenderer,
} from '../router/html-bundle.js';
import type { HtmlSite, RouteSink, SiteHandler } from '../router/site.js';
import type { BuiltSite, SiteFile } from './build.js';
import { publicFilesOf } from './prebuilt.js';
import { builtSite, byProject } from './production-build.js';
import { projectOf } from './vite.js';

const IMMUTABLE = 'public, max-age=31536000, immutable';

function fieldsOf(file: SiteFile): string {
  const caching = file.isImmutable ? IMMUTABLE : 'no-cache';
  return `content-type: ${typeOfPath(decodeURI(file.path))}\r\ncache-control: ${caching}\r\n`;
}

/** A file, or a page that is a file under another name, as the addon takes it. */
function staticOf(pattern: string, method: number, site: SiteFile): NativeRoute {
  return {
    kind: RouteKind.Static,
    ...{ method, pattern },
    status: 200,
    fields: fieldsOf(site),
    etag: '',
    hasDate: false,
    closeAfter: false,
    body: site.bytes,
    gzip: site.gzip,
    brotli: site.brotli,
  };
}

export class ProductionSite implements HtmlSite {
  constructor() {
    addRenderer(this);
  }

  async render(bundle: HTMLBundle): Promise<Uint8Array> {
    const site = await builtSite(projectOf(bundle.index), [bundle], false);
    const page = site.pages.find(({ index }) => index === bundle.index);
    if (page === undefined) throw new Error(`The build has no page for ${bundle.index}`);
    return page.file.bytes;
  }

  page(bundle: HTMLBundle): SiteHandler {
    return async () => {
      return new Response(await this.render(bundle), {
        headers: { 'content-type': 'text/html;charset=utf-8', 'cache-control': 'no-cache' },
      }) as never;
    };
  }

  extend(sink: RouteSink): Promise<void> | undefined {
    // Those without a route may be a body.
    const projects = byProject(importedBundles());
    if (projects.size === 0) return undefined;
    const sites = [...projects].map(([root, bundles]) =>
      builtSite(root, bundles, true).then(
        (site) => this.#fill(sink, site),
        // Each visit fails with it; whoever started the server wants to know now.
        (error: unknown) => console.error(error),
      ),
    );
    return Promise.all(sites).then(() => undefined);
  }

  close(): void {
    removeRenderer(this);
  }

  #fill(sink: RouteSink, site: BuiltSite): void {
    for (const { bundle, index, method, pattern } of sink.pages) {
      const page = site.pages.find((each) => each.index === bundle.index);
      if (page !== undefined) sink.replace(index, staticOf(pattern, method, page.file));
    }
    for (const each of site.files) sink.addNative(staticOf(each.path, ANY_METHOD, each));
    if (site.publicDir === '') return;
    for (const { url, file: name } of publicFilesOf(site.publicDir, site.base)) {
      const route = fileRoute(file(name));
      if (route === undefined) continue;
      sink.addNative({ kind: RouteKind.File, method: ANY_METHOD, pattern: url, ...route });
    }
  }
}
