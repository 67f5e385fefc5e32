// SPDX-License-Identifier: MIT
//
// Bun.CryptoHasher, the classes of single algorithms, Bun.sha and Bun.password.

import type { Hash, Hmac } from 'node:crypto';
import { invalidArgument, notProvided } from '../errors.js';

const crypto = process.getBuiltinModule('node:crypto');

type Input = string | NodeJS.ArrayBufferView | ArrayBuffer;
type Digest = 'hex' | 'base64' | 'base64url' | 'latin1' | 'binary';

function inputOf(data: Input): string | NodeJS.ArrayBufferView {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

// Bun's names where OpenSSL has others.
const OPENSSL_NAMES: Readonly<Record<string, string>> = {
  'sha-1': 'sha1',
  'sha-224': 'sha224',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
  'sha-512/256': 'sha512-256',
  'sha-512/224': 'sha512-224',
};
const ALGORITHMS = [
  ...['blake2b512', 'blake2s256', 'md5', 'ripemd160', 'sha1', 'sha224', 'sha256', 'sha384'],
  ...['sha512', 'sha512-224', 'sha512-256', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512'],
  ...['shake128', 'shake256'],
];

function algorithmOf(name: unknown): string {
  const lower = String(name).toLowerCase();
  const known = OPENSSL_NAMES[lower] ?? lower;
  if (!ALGORITHMS.includes(known)) throw invalidArgument(`Unsupported algorithm ${String(name)}`);
  return known;
}

/** Hashes piece by piece; with a key, an HMAC. A digest starts it anew. */
export class CryptoHasher {
  static readonly algorithms: readonly string[] = ALGORITHMS;
  readonly #algorithm: string;
  readonly #key: Input | undefined;
  #pieces: (string | NodeJS.ArrayBufferView)[] = [];
  #hash: Hash | Hmac;

  constructor(algorithm: string, hmacKey?: Input | null) {
    this.#algorithm = algorithmOf(algorithm);
    this.#key = hmacKey ?? undefined;
    this.#hash = this.#start();
  }

  #start(): Hash | Hmac {
    const key = this.#key;
    return key === undefined
      ? crypto.createHash(this.algorithm)
      : crypto.createHmac(this.algorithm, inputOf(key));
  }

  get algorithm(): string {
    return this.#algorithm;
  }

  get byteLength(): number {
    return crypto.createHash(this.algorithm).digest().length;
  }

  update(data: Input, encoding?: BufferEncoding): this {
    const piece = typeof data === 'string' ? Buffer.from(data, encoding) : inputOf(data);
    this.#hash.update(piece);
    // Hmac objects cannot be copied: what went in is kept for them.
    if (this.#key !== undefined) {
      const bytes = piece as NodeJS.ArrayBufferView;
      this.#pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    return this;
  }

  digest(): Buffer;
  digest(encoding: Digest): string;
  digest(encoding?: Digest): Buffer | string {
    const result = this.#hash.digest();
    this.#hash = this.#start();
    this.#pieces = [];
    return encoding === undefined ? result : result.toString(encoding);
  }

  copy(): CryptoHasher {
    const copy = new CryptoHasher(this.algorithm, this.#key);
    if ('copy' in this.#hash) copy.#hash = this.#hash.copy();
    else for (const piece of this.#pieces) copy.update(piece as NodeJS.ArrayBufferView);
    return copy;
  }

  static hash(algorithm: string, data: Input): Buffer;
  static hash(algorithm: string, data: Input, encoding: Digest): string;
  static hash(algorithm: string, data: Input, encoding?: Digest): Buffer | string {
    const hasher = new CryptoHasher(algorithm).update(data);
    return encoding === undefined ? hasher.digest() : hasher.digest(encoding);
  }
}

/** A class for one algorithm. */
function hasherOf(name: string, algorithm: string): FixedHasher {
  const Hasher = class extends CryptoHasher {
    constructor() {
      super(algorithm);
    }
    static get byteLength(): number {
      return new CryptoHasher(algorithm).byteLength;
    }
    static override hash(data: unknown, encoding?: unknown): never {
      return CryptoHasher.hash(algorithm, data as Input, encoding as Digest) as never;
    }
  };
  Object.defineProperty(Hasher, 'name', { value: name });
  return Hasher as unknown as FixedHasher;
}

export interface FixedHasher {
  new (): CryptoHasher;
  readonly byteLength: number;
  hash(data: Input): Buffer;
  hash(data: Input, encoding: Digest): string;
}

export const MD5 = hasherOf('MD5', 'md5');
export const SHA1 = hasherOf('SHA1', 'sha1');
export const SHA224 = hasherOf('SHA224', 'sha224');
export const SHA256 = hasherOf('SHA256', 'sha256');
export const SHA384 = hasherOf('SHA384', 'sha384');
export const SHA512 = hasherOf('SHA512', 'sha512');
export const SHA512_256 = hasherOf('SHA512_256', 'sha512-256');

/** SHA-512/256. */
export function sha(data: Input, encoding?: Digest): Buffer | string {
  return encoding === undefined ? SHA512_256.hash(data) : SHA512_256.hash(data, encoding);
}

type Argon2 = 'argon2id' | 'argon2i' | 'argon2d';
export interface PasswordOptions {
  algorithm: Argon2;
  /** KiB; default 65536. */
  memoryCost?: number;
  /** Rounds; default 2. */
  timeCost?: number;
}
interface Argon2Parameters {
  message: string | Uint8Array;
  nonce: Uint8Array;
  parallelism: number;
  tagLength: number;
  memory: number;
  passes: number;
}
type Argon2Call = (
  name: string,
  parameters: Argon2Parameters,
  done: (error: Error | null, tag: Buffer) => void,
) => void;
type Argon2Sync = (name: string, parameters: Argon2Parameters) => Buffer;

const NAMES: readonly string[] = ['argon2id', 'argon2i', 'argon2d'];

interface Hashed {
  name: string;
  parameters: Argon2Parameters;
  tag: Buffer | undefined;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

/** https://github.com/P-H-C/phc-string-format */
function written({ name, parameters }: Hashed, tag: Uint8Array): string {
  const { memory, passes, parallelism, nonce } = parameters;
  const costs = `m=${memory},t=${passes},p=${parallelism}`;
  return `$${name}$v=19$${costs}$${unpadded(nonce)}$${unpadded(tag)}`;
}

function planned(password: unknown, options: Argon2 | PasswordOptions | undefined): Hashed {
  const given = typeof options === 'object' ? options : { algorithm: options ?? 'argon2id' };
  const name: string = given.algorithm ?? 'argon2id';
  if (name === 'bcrypt') throw noBcrypt();
  if (!NAMES.includes(name))
    throw invalidArgument(
      `unknown algorithm, expected one of: "bcrypt", "argon2id", "argon2d", "argon2i" (default is "argon2id")`,
    );
  const { memoryCost = 65536, timeCost = 2 } = given as PasswordOptions;
  const nonce = crypto.randomBytes(32);
  const message = messageOf(password);
  const parameters = {
    message,
    nonce,
    parallelism: 1,
    tagLength: 32,
    memory: memoryCost,
    passes: timeCost,
  };
  return { name, parameters, tag: undefined };
}

function noBcrypt(): Error {
  return notProvided('bcrypt of Bun.password', 'Use argon2id, or the package bcrypt.');
}

function messageOf(password: unknown): string | Uint8Array {
  const message =
    password instanceof ArrayBuffer ? new Uint8Array(password) : (password as string | Uint8Array);
  if (typeof message !== 'string' && !ArrayBuffer.isView(message)) {
    throw invalidArgument('password must be a string or TypedArray');
  }
  if (message.length === 0) throw invalidArgument('password must not be empty');
  return message;
}

const PHC = /^\$(argon2(?:id|i|d))\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

function readHash(password: unknown, text: unknown): Hashed {
  const hash = typeof text === 'string' ? text : Buffer.from(text as Uint8Array).toString();
  if (/^\$2[abxy]\$/.test(hash)) throw noBcrypt();
  const match = PHC.exec(hash);
  if (match === null) {
    throw Object.assign(
      new Error('Password verification failed with error "UnsupportedAlgorithm"'),
      {
        code: 'PASSWORD_UNSUPPORTED_ALGORITHM',
      },
    );
  }
  const [, name, memory, passes, parallelism, nonce, tag] = match as unknown as string[];
  const expected = Buffer.from(tag as string, 'base64');
  return {
    name: name as string,
    parameters: {
      message: messageOf(password),
      nonce: Buffer.from(nonce as string, 'base64'),
      parallelism: Number(parallelism),
      tagLength: expected.length,
      memory: Number(memory),
      passes: Number(passes),
    },
    tag: expected,
  };
}

function argon2<K extends 'argon2' | 'argon2Sync'>(
  key: K,
): K extends 'argon2' ? Argon2Call : Argon2Sync {
  const use = (crypto as unknown as Record<string, unknown>)[key];
  if (use === undefined) {
    throw notProvided(
      'Bun.password',
      'Node has Argon2 from 24.7 on; until then use the package argon2.',
    );
  }
  return use as never;
}

function tagOf({ name, parameters }: Hashed): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2')(name, parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  });
}

/** Argon2 of Node 24.7 and newer, in the form that Bun writes and reads. */
export const password = {
  async hash(secret: Input, options?: Argon2 | PasswordOptions): Promise<string> {
    const plan = planned(secret, options);
    return written(plan, await tagOf(plan));
  },
  hashSync(secret: Input, options?: Argon2 | PasswordOptions): string {
    const plan = planned(secret, options);
    return written(plan, argon2('argon2Sync')(plan.name, plan.parameters));
  },
  async verify(secret: Input, hash: string | NodeJS.ArrayBufferView): Promise<boolean> {
    const plan = readHash(secret, hash);
    return crypto.timingSafeEqual(await tagOf(plan), plan.tag as Buffer);
  },
  verifySync(secret: Input, hash: string | NodeJS.ArrayBufferView): boolean {
    const plan = readHash(secret, hash);
    const tag = argon2('argon2Sync')(plan.name, plan.parameters);
    return crypto.timingSafeEqual(tag, plan.tag as Buffer);
  },
};
