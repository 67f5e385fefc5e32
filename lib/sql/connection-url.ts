// SPDX-License-Identifier: MIT
//
// Connection URLs. They are looser than web addresses: no host, a socket's folder for one, or no
// protocol at all.

export interface ConnectionUrl {
  hostname?: string | undefined;
  port?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  database?: string | undefined;
  query: Record<string, string>;
}

/** `postgres` of `postgres://...`; `sqlite` and `file` need no slashes. */
export function protocolOf(url: string): string | undefined {
  if (url === ':memory:') return 'sqlite';
  return /^(?:(sqlite|file):|([a-z][\w+.-]*):\/\/)/i
    .exec(url)
    ?.slice(1)
    .find(Boolean)
    ?.toLowerCase();
}

const URL_PARTS =
  /^(?:[a-z][\w+.-]*:\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?(?:\/([^?#]*))?(?:\?([^#]*))?/i;

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is meant as one.
    return text;
  }
}

export function parseConnectionUrl(url: string): ConnectionUrl {
  const [, user, hostname, port, database, query] = URL_PARTS.exec(url) ?? [];
  const [username, ...password] = (user ?? '').split(':');
  return {
    hostname: decoded(hostname),
    port: port === '' ? undefined : port,
    username: decoded(username),
    password: decoded(password.join(':')),
    database: decoded(database),
    query: Object.fromEntries(new URLSearchParams(query ?? '')),
  };
}
