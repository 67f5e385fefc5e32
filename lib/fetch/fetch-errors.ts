// SPDX-License-Identifier: MIT
// Errors of the Fetch classes: one maker per failure, with the class the standard asks for and,
// where Bun has one, Bun's code and text. Nothing here decides when to throw.

function coded(error: TypeError, code: string): TypeError {
  return Object.defineProperty(error, 'code', {
    value: code,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}

export function bodyUsedError(): TypeError {
  return coded(new TypeError('Body already used'), 'ERR_BODY_ALREADY_USED');
}

export function bodyUnusableError(): TypeError {
  return coded(new TypeError('Body is disturbed or locked'), 'ERR_BODY_ALREADY_USED');
}

export function unusableBodyObjectError(): TypeError {
  return new TypeError('Body object should not be disturbed or locked');
}

export function illegalInvocation(): TypeError {
  return coded(new TypeError('Illegal invocation'), 'ERR_INVALID_THIS');
}

export function missingArguments(where: string, required: number, found: number): TypeError {
  const plural = required === 1 ? '' : 's';
  return coded(
    new TypeError(`${where}: ${required} argument${plural} required, but only ${found} found.`),
    'ERR_MISSING_ARGS',
  );
}

export function invalidHeaderName(where: string, name: string): TypeError {
  return new TypeError(`${where}: ${JSON.stringify(name)} is an invalid header name.`);
}

export function invalidHeaderValue(where: string, name: string): TypeError {
  return new TypeError(`${where}: Header '${name}' has invalid value`);
}

export function notByteString(where: string): TypeError {
  return new TypeError(
    `${where}: Cannot convert argument to a ByteString because a character is greater than 255.`,
  );
}

export function invalidHeadersInit(where: string): TypeError {
  return new TypeError(
    `${where}: Argument 1 could not be converted to one of: ` +
      'sequence<sequence<ByteString>>, record<ByteString, ByteString>.',
  );
}

export function immutableHeaders(): TypeError {
  return new TypeError('immutable');
}

export function statusOutOfRange(status: number): RangeError {
  return new RangeError(`The status provided (${status}) must be in the range of [200, 599]`);
}

export function formDataParseError(detail: string): TypeError {
  return coded(new TypeError(detail), 'ERR_FORMDATA_PARSE_ERROR');
}

export function badEnumValue(where: string, value: string, allowed: readonly string[]): TypeError {
  return new TypeError(
    `${where}: ${value} is not an accepted type. Expected one of ${allowed.join(', ')}.`,
  );
}
