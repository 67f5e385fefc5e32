// SPDX-License-Identifier: MIT
//
// Binding a server to its address, and the errors when the system refuses (behaviours 12.6-12.13).

import { errnoNames, systemError } from '../errors.js';
import type { ListenFailure } from '../native/contract.js';
import { native } from '../native/binding.js';
import { placeFor, type Place } from '../placement.js';
import type { ServerSettings } from './options.js';

export interface SocketAddress {
  address: string;
  family: 'IPv4' | 'IPv6';
  port: number;
}

/** Where a server listens, as its properties show it. */
export interface Binding {
  port: number | undefined;
  hostname: string | undefined;
  address: SocketAddress | string;
  /** Serialised `server.url`. */
  url: string;
  /** Stands in for a missing Host field. */
  authority: string;
}

const EACCES = 13;
const EADDRINUSE = 98;
/** The errno that Bun gives to every name that cannot be resolved. */
const ARES_ENOTFOUND = 4;

function listenError(failure: ListenFailure, settings: ServerSettings): Error {
  const { errno } = failure;
  if (failure.resolver) {
    const message = `getaddrinfo ENOTFOUND ${settings.hostname ?? ''}`;
    return systemError(message, 'ENOTFOUND', ARES_ENOTFOUND, 'getaddrinfo', {
      hostname: settings.hostname,
    });
  }
  const [code, reason] = errnoNames(errno);
  if (settings.unix !== undefined) {
    const message = `${code}: ${reason}, listen '${settings.unix}'`;
    return systemError(message, code, -errno, 'listen', { path: settings.unix });
  }
  if (errno === EADDRINUSE) {
    const message = `Failed to start server. Is port ${settings.port} in use?`;
    return systemError(message, code, 0, 'listen');
  }
  if (errno === EACCES) {
    const host = settings.hostname ?? '0.0.0.0';
    return systemError(`permission denied ${host}:${settings.port}`, code, -errno, 'listen');
  }
  return systemError(`${code}: ${reason}, listen`, code, -errno, 'listen');
}

function unixBinding(path: string): Binding {
  const abstract = path.startsWith('\0');
  return {
    port: undefined,
    hostname: undefined,
    address: path,
    url: abstract ? `abstract://${path.slice(1)}/` : `unix://${path}`,
    authority: 'localhost',
  };
}

/** `[::1]`, as in a URL, is accepted for `::1`. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** Listens where the process has a place for the server, or where its options say. */
export function listenInPlace(
  server: number,
  settings: ServerSettings,
  scheme: string,
): [Binding, Place | undefined] {
  const place = placeFor(settings);
  if (place === undefined) return [listen(server, settings, scheme), place];
  try {
    const shared = { ...settings, port: place.port, reusePort: true };
    const binding = listen(server, shared, scheme);
    place.settled(binding.port);
    return [binding, place];
  } catch (error) {
    place.settled(undefined);
    throw error;
  }
}

/** Listens; throws what `Bun.serve` throws. */
function listen(server: number, settings: ServerSettings, scheme: string): Binding {
  const result = native.serverListen(server, {
    host: withoutBrackets(settings.hostname ?? ''),
    port: settings.port,
    unix: settings.unix ?? '',
    reusePort: settings.reusePort,
    ipv6Only: settings.ipv6Only,
  });
  if ('errno' in result) throw listenError(result, settings);
  if (settings.unix !== undefined) return unixBinding(settings.unix);
  const hostname = settings.hostname ?? 'localhost';
  const name = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
  const authority = `${name}:${result.port}`;
  native.serverSetAuthority(server, authority);
  return {
    port: result.port,
    hostname,
    address: {
      address: result.host,
      family: result.ipv6 ? 'IPv6' : 'IPv4',
      port: result.port,
    },
    url: `${scheme}${authority}/`,
    authority,
  };
}
