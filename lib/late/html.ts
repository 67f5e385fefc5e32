// SPDX-License-Identifier: MIT
// See ../late.ts.

import { DevelopmentSite } from '../html/development-site.js';
import { ProductionSite } from '../html/production-site.js';
import type { HtmlSite, SiteHost } from '../router/site.js';

/** The pages of a server. */
export function siteOf(host: SiteHost): HtmlSite {
  return host.development ? new DevelopmentSite(host) : new ProductionSite();
}
