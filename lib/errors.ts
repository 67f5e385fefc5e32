// SPDX-License-Identifier: MIT
//
// The catalogue of what the library throws: code, class and text in one place. Texts that Bun users
// may match on are Bun 1.4.5's.

type ErrorClass = new (message: string, options?: ErrorOptions) => Error;

interface ErrorShape {
  code?: string;
  name?: string;
  errno?: number;
  syscall?: string;
  path?: string;
  hostname?: string | undefined;
  library?: string;
  reason?: string;
  function?: string;
}

function make(Class: ErrorClass, message: string, shape: ErrorShape = {}): Error {
  return Object.assign(new Class(message), shape);
}

/** TypeError ERR_INVALID_ARG_TYPE. */
export function invalidArgument(message: string): Error {
  return make(TypeError, message, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** TypeError ERR_INVALID_ARG_VALUE. */
export function invalidArgumentValue(message: string): Error {
  return make(TypeError, message, { code: 'ERR_INVALID_ARG_VALUE' });
}

/** TypeError ERR_MISSING_ARGS. */
export function missingArguments(message: string): Error {
  return make(TypeError, message, { code: 'ERR_MISSING_ARGS' });
}

/** RangeError ERR_OUT_OF_RANGE in Node's wording. */
export function outOfRange(name: string, range: string, received: unknown): Error {
  const shown = typeof received === 'string' ? `'${received}'` : String(received);
  return make(
    RangeError,
    `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`,
    { code: 'ERR_OUT_OF_RANGE' },
  );
}

/** RangeError ERR_OUT_OF_RANGE in Bun's wording. */
export function invalidRange(message: string): Error {
  return make(RangeError, message, { code: 'ERR_OUT_OF_RANGE' });
}

/** What the TLS library says about keys and certificates. */
export interface TlsFailure {
  /** `error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE` */
  message: string;
  library: string;
  reason: string;
}

/** Libraries as they are named in error codes; those of ciphers have no name there. */
const TLS_LIBRARIES: Readonly<Record<string, string>> = {
  'SSL routines': 'SSL_',
  'PEM routines': 'OSSL_PEM_',
  'X.509 certificate routines': 'OSSL_X509_',
  'X.509 V3 routines': 'OSSL_X509V3_',
  'ASN.1 encoding routines': 'OSSL_ASN1_',
  'public key routines': 'OSSL_EVP_',
  'RSA routines': 'OSSL_RSA_',
  'Elliptic curve routines': 'OSSL_EC_',
  'bignum routines': 'OSSL_BN_',
  'common libcrypto routines': 'OSSL_CRYPTO_',
};

/** Error with code, library and reason as Node and Bun give them. */
export function tlsError(failure: TlsFailure): Error {
  const { message, library, reason } = failure;
  const code = `ERR_${TLS_LIBRARIES[library] ?? 'OSSL_'}${reason}`;
  return make(Error, message, { code, library, reason, function: 'OPENSSL_internal' });
}

/** Something of Bun's that bunserve does not have (yet): never accepted silently. */
export function notSupported(what: string, cure: string): Error {
  return make(Error, `${what} is not supported by bunserve. ${cure}`, {
    code: 'ERR_BUNSERVE_NOT_SUPPORTED',
  });
}

/** A feature that a package of the user's choice brings: loaded when it is first used. */
export function missingPeer(what: string, name: string, install = name): Error {
  return make(Error, `${what} needs the package ${name}. Install it: npm install ${install}`, {
    code: 'ERR_BUNSERVE_MISSING_PEER',
  });
}

/** Something about messages between processes: ERR_BUNSERVE_PUBSUB_*. */
export function pubSubError(what: string, message: string, cause?: unknown): Error {
  const options = cause === undefined ? undefined : { cause };
  return Object.assign(new Error(message, options), { code: `ERR_BUNSERVE_PUBSUB_${what}` });
}

/** A member of `Bun` that has no counterpart here; thrown where it is used, not where it is named. */
export function notProvided(name: string, cure = ''): Error {
  return make(Error, `${name} is not provided by bunserve.${cure && ` ${cure}`}`, {
    code: 'ERR_BUNSERVE_NOT_PROVIDED',
  });
}

export function bodyAlreadyUsed(message = 'Body already used'): Error {
  return make(TypeError, message, { code: 'ERR_BODY_ALREADY_USED' });
}

export function responseAlreadyUsed(): Error {
  return bodyAlreadyUsed(
    'Response body already used. A Response body can only be sent once; ' +
      'create a new Response for each request.',
  );
}

/** The body is a stream that somebody else reads, or has read. */
export function streamAlreadyUsed(): Error {
  return make(Error, 'Stream already used, please create a new one', {
    code: 'ERR_STREAM_CANNOT_PIPE',
  });
}

export function responseError(): Error {
  return new Error(
    'Cannot send a Response with status 0. HTTP status codes must be between 100 and 999 ' +
      '(Response.error() returns status 0).',
  );
}

/** What a pending body read and `req.signal` get when the client leaves. */
export function connectionClosed(): DOMException {
  return new DOMException('The connection was closed.', 'AbortError');
}

/** What a body read gets when more than `maxRequestBodySize` came without being announced. */
export function bodyTooLarge(): Error {
  return new Error('Request body exceeded maxRequestBodySize');
}

/** Name and text of a positive errno value. */
export function errnoNames(errno: number): [code: string, reason: string] {
  const { getSystemErrorMap } = process.getBuiltinModule('node:util');
  return getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
}

/** A system call that failed, in Bun's and Node's form. */
export function systemError(
  message: string,
  code: string,
  errno: number,
  syscall: string,
  where: { path?: string; hostname?: string | undefined } = {},
): NodeJS.ErrnoException {
  return make(Error, message, { code, ...where, syscall, errno }) as NodeJS.ErrnoException;
}

/** A failed file call in Node's and Bun's form; `errno` as a negative number. */
export function fileError(errno: number, syscall: string, file: string | number): Error {
  const { getSystemErrorMap } = process.getBuiltinModule('node:util');
  const [code, text] = getSystemErrorMap().get(errno) ?? [`E${-errno}`, 'unknown error'];
  const path = typeof file === 'string' ? file : undefined;
  const where = path === undefined ? '' : ` '${path}'`;
  return make(Error, `${code}: ${text}, ${syscall}${where}`, {
    ...(path === undefined ? {} : { path }),
    ...{ syscall, errno, code },
  });
}

/** A Response with a directory for its body. */
export function cannotStreamDirectory(file: string | number): Error {
  return make(Error, 'Cannot stream a directory as a response body', {
    ...(typeof file === 'string' ? { path: file } : {}),
    ...{ syscall: 'read', errno: -process.getBuiltinModule('node:os').constants.errno.EISDIR },
    code: 'EISDIR',
  });
}

/** Reading a directory. The text and the numbers are Bun's. */
export function folderAsFile(file: string | number): Error {
  return make(Error, 'Directories cannot be read like files', {
    ...(typeof file === 'string' ? { path: file } : {}),
    ...{ syscall: 'read', errno: 0, code: 'EISDIR' },
  });
}

export function sinkClosed(): Error {
  return new TypeError('This FileSink has been ended; nothing can be written any more');
}

/** Node's Blob takes the bytes of its parts at once. */
export function noSnapshot(file: string | number): Error {
  return invalidArgument(
    `Only a regular file can be a part of a Blob or a File, and ${JSON.stringify(file)} is none. ` +
      'Read it first: new Blob([await file.bytes()])',
  );
}

/** Route pattern rules (behaviours 6.8): Bun reports both as TODOError. */
export function patternError(message: string): Error {
  return make(Error, message, { name: 'TODOError' });
}
