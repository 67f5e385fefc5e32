// SPDX-License-Identifier: MIT
//
// Validation of a route pattern with Bun's errors (behaviours 6.8, 6.13). The rules themselves are the
// native router's: there is one reading of a pattern, not two.

import { invalidArgument, patternError } from '../errors.js';
import { routerParse, RouteError } from './native-router.js';

const FILE_AN_ISSUE = 'If you run into this, please file an issue and we will add support for it.';

function errorFor(pattern: string, code: number): Error {
  switch (code) {
    case RouteError.NotAbsolute:
      return invalidArgument(`Invalid route ${JSON.stringify(pattern)}. Path must start with '/'`);
    case RouteError.NonAscii:
      return invalidArgument(
        `Invalid route ${JSON.stringify(pattern)}. ` +
          'Please encode all non-ASCII characters in the path.',
      );
    case RouteError.NumericParam:
      return patternError(`Route parameter names cannot start with a number.\n\n${FILE_AN_ISSUE}`);
    case RouteError.TooLong:
      return invalidArgument(
        `Invalid route ${JSON.stringify(pattern)}. A path may have 256 segments; ` +
          "use a wildcard ('/*') for longer ones.",
      );
    default:
      return patternError(
        `Support for duplicate route parameter names is not yet implemented.\n\n${FILE_AN_ISSUE}`,
      );
  }
}

/** Parameter names of a pattern in order; an unnamed one (`/:`) is an empty string. Throws as Bun. */
export function routeParams(pattern: string): string[] {
  const parsed = routerParse(pattern);
  if (typeof parsed === 'number') throw errorFor(pattern, parsed);
  return parsed;
}
