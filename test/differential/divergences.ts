// SPDX-License-Identifier: MIT
// Every point where ours differs from Bun 1.4.5 on purpose. A case names its row; DIVERGENCES.md
// shows the same rows to readers, and a test keeps the two alike.

export interface Divergence {
  readonly bun: string;
  readonly ours: string;
  readonly reason: string;
  /** The test of what cases cannot show: they neither wait nor measure. */
  readonly test?: string;
}

export const divergences = {
  'strict-host': {
    bun: 'An HTTP/1.1 request with several, an empty or an invalid Host is dispatched; `req.url` is then not parseable or has the first Host.',
    ours: '400, connection closed.',
    reason: 'RFC 9112 3.2 asks for 400; an ambiguous Host is a routing and cache poisoning vector.',
  },
  'http10-without-host': {
    bun: 'An HTTP/1.0 request without Host gets a `req.url` that is only the path.',
    ours: '`req.url` starts with the origin of `server.url`.',
    reason: '`new URL(req.url)` must never throw in a handler.',
  },
  'host-without-url': {
    bun: 'A Host that RFC 3986 allows but the URL standard does not (`256.1.1.1`, `xn--`, `a%2Fb`) gives a `req.url` that is not parseable.',
    ours: '`req.url` starts with the origin of `server.url`.',
    reason: 'As above; the Host field itself can still be read.',
  },
  'absolute-form-authority': {
    bun: 'The authority of an absolute-form target is ignored, valid or not; `req.url` has the Host header.',
    ours: 'The authority of the target wins for `req.url`; an invalid one is answered 400.',
    reason: 'RFC 9112 3.2.2: the target replaces Host; RFC 9110 4.2.1: an empty host is invalid.',
  },
  'fragment-in-target': {
    bun: 'A `#` in the target is kept in `req.url` and in the last param.',
    ours: '400, connection closed.',
    reason: 'RFC 9112 3.2: no form of a target has a fragment.',
  },
  'control-in-target': {
    bun: 'NUL, CR and control characters in the target are answered 505; DEL is accepted.',
    ours: '400, connection closed.',
    reason: 'The version is right, the target is not: RFC 9112 3 asks for 400.',
  },
  'request-line-separators': {
    bun: 'A tab as separator, a space inside the target or the version, or a trailing one is answered 505.',
    ours: '400, connection closed.',
    reason: 'RFC 9112 3: an invalid request line is a 400; the version was never at fault.',
  },
  'bare-lf-request-line': {
    bun: 'A request line that ends in a bare LF is answered 505.',
    ours: '400, connection closed.',
    reason: 'As above; RFC 9112 2.2 lets a server accept bare LF, which is how smuggling starts.',
  },
  'leading-crlf': {
    bun: 'A CRLF before the request line is answered 400.',
    ours: 'One CRLF before a request line is ignored.',
    reason: 'RFC 9112 2.2: a server should ignore at least one; old clients send it after a body.',
  },
  'del-in-value': {
    bun: 'DEL in a header value is accepted.',
    ours: '400, connection closed.',
    reason: 'RFC 9110 5.5: DEL is a control character and not part of a field value.',
  },
  'unknown-method': {
    bun: 'A method outside the known list closes the connection without a byte; rare token characters give 400.',
    ours: '501 Not Implemented, connection closed.',
    reason: 'RFC 9110 9.1; silence looks like a network fault to the client.',
  },
  'byte-outside-ascii-in-method': {
    bun: 'A NUL or a byte over 0x7f in the method is answered 505.',
    ours: '400, connection closed.',
    reason: 'The method is no token: RFC 9112 3 asks for 400.',
  },
  'trace-method': {
    bun: 'TRACE reaches routes and `fetch`.',
    ours: '405, connection closed; a TRACE entry in a route is never called.',
    reason:
      'The Fetch standard forbids the method in a Request; echoing requests leaks credentials.',
  },
  'connect-method': {
    bun: 'CONNECT reaches `fetch`, with `req.url` being the authority.',
    ours: '501 Not Implemented, connection closed; 400 when the target is no authority.',
    reason: 'The Fetch standard forbids the method in a Request; we are no proxy.',
  },
  'options-asterisk': {
    bun: '`OPTIONS *` is answered 400.',
    ours: '`OPTIONS *` reaches `fetch`, with the path `/`.',
    reason: 'RFC 9112 3.2.4 defines it; load balancers use it as a health check.',
  },
  'repeated-content-length': {
    bun: 'The same Content-Length twice is accepted.',
    ours: '400, connection closed.',
    reason: 'RFC 9112 6.3 allows either; refusing leaves nothing for a proxy to disagree about.',
  },
  'request-trailers': {
    bun: 'A trailer section after a chunked body gives the answer, then 400, and the connection closes.',
    ours: 'Trailers are checked by the header rules and dropped; the connection lives. A malformed or forbidden one refuses the request.',
    reason: 'RFC 9112 7.1.2: a recipient must parse them; gRPC-web and fetch clients send them.',
  },
  'parked-pipelining': {
    bun: 'A request that arrives while an earlier answer is pending closes the connection.',
    ours: 'It is held and answered in order.',
    reason: 'RFC 9112 9.3.2; later versions of Bun do the same.',
  },
  'expect-in-any-case': {
    bun: 'Only the lower-case `100-continue` is understood.',
    ours: '`Expect: 100-Continue` is understood in any case.',
    reason: 'RFC 9110 10.1.1: the value is case-insensitive.',
  },
  'expect-when-read': {
    bun: '`100 Continue` is sent at once, also before a 413 and when the body has come with the head.',
    ours: 'It is sent when the handler first reads the body, unless that has begun to arrive. A response without it ends the connection.',
    reason:
      'RFC 9110 10.1.1: a handler can refuse before the client sends; what follows then may be the body or a request.',
  },
  'expect-unknown': {
    bun: 'Expectations other than `100-continue` are ignored.',
    ours: '417 Expectation Failed, connection closed.',
    reason: 'RFC 9110 10.1.1 has the status for it; any other answer looks like a promise.',
  },
  'json-of-no-chunks': {
    bun: '`req.json()` of a chunked body without a byte is `undefined`.',
    ours: 'SyntaxError, as for every other empty body.',
    reason: 'The Fetch standard: nothing is not JSON.',
  },
  'released-reader': {
    bun: 'A body whose reader was released without a read counts as used.',
    ours: 'It can still be read.',
    reason: 'The Streams standard: only reading and cancelling disturb a stream.',
  },
  'unawaited-read': {
    bun: 'A read of a body that fails and that nobody waits for is an unhandled rejection.',
    ours: 'It is nothing.',
    reason: 'In Node it would end the process: a client could do so by leaving, or with bad JSON.',
  },
  'byob-request-body': {
    bun: '`req.body` is no byte stream.',
    ours: '`req.body.getReader({ mode: "byob" })` works and reads without garbage.',
    reason: 'The Fetch standard makes bodies byte streams.',
  },
  'request-blob-type': {
    bun: '`(await req.blob()).type` is `text/plain;charset=utf-8`, whatever the request says.',
    ours: "It is the request's Content-Type.",
    reason: 'The Fetch standard; whoever stores an upload needs it.',
  },
  'form-file-type': {
    bun: 'The type of a file in a form follows the extension of its name.',
    ours: "It is the part's Content-Type, `text/plain` without one.",
    reason: 'The Fetch standard.',
  },
  'form-part-without-name': {
    bun: 'Parts of a form without a name or a Content-Disposition are left out.',
    ours: 'The form is refused.',
    reason: 'The Fetch standard; a form with holes looks whole to the handler.',
  },
  'form-name-escapes': {
    bun: '`%22`, `%0D` and `%0A` in the names of a multipart form stay as they are.',
    ours: 'They are `"`, CR and LF.',
    reason: 'The HTML standard writes them so: what a page sends comes back unchanged.',
  },
  'etag-without-quotes': {
    bun: 'If-None-Match matches the digits of an ETag without its quotes.',
    ours: 'An unquoted tag never matches; the full response is sent.',
    reason: 'RFC 9110 8.8.3: the quotes are part of the tag.',
  },
  'condition-lines': {
    bun: 'Of several If-Match or If-None-Match lines only the first counts.',
    ours: 'All of them count.',
    reason: 'RFC 9110 5.3: lines of one name are one list.',
  },
  'condition-dates': {
    bun: 'The dates of conditional requests are whatever `Date.parse` takes, in the local zone without one; February 30 is March 1.',
    ours: 'The three forms of HTTP, and ISO 8601 (UTC without a zone). Anything else is no date, and ignored.',
    reason:
      'RFC 9110 13.1.3: a date that is not valid must be ignored. What is modified must not depend on the zone of the machine.',
  },
  'directory-dotfiles': {
    bun: 'A directory route serves names that start with a dot.',
    ours: '404, unless the route says `dotfiles: "allow"`; `/.well-known` is public.',
    reason: '`.env`, `.git` and editor files are not meant for the public, and easily forgotten.',
  },
  'directory-compressed': {
    bun: 'A directory route sends a file as it is.',
    ours: 'A `.br`, `.zst` or `.gz` file beside one of a compressible type, unless older, is sent in its place to clients that accept it; `precompressed: false` turns it off.',
    reason: 'What every static file server can do; pages load faster, for nothing.',
  },
  'directory-spelling': {
    bun: 'Raw bytes, and escapes in lower case, lead to the same file as the spelling that a more specific route has.',
    ours: 'A path whose usual spelling belongs to another route is 404.',
    reason: 'A route that guards a file must not be passed by writing its name otherwise.',
  },
  'directory-with-methods': {
    bun: 'Of a route value with `dir` and methods only the methods count.',
    ours: 'TypeError.',
    reason: 'Nothing that is written down is ignored; `{ GET: { dir } }` says it.',
  },
  'directory-nul': {
    bun: 'A NUL ends the `dir` of a directory route: what stands before it is served.',
    ours: 'ENOENT, as for every name that no directory can have.',
    reason: 'A name from a configuration must not open another directory than the one it names.',
  },
  'static-connection-close': {
    bun: 'A static route with a `Connection: close` header sends it and keeps the connection open.',
    ours: 'The connection is closed, as for a handler.',
    reason: 'RFC 9112 9.6: whoever sends the close option must close.',
  },
  'param-inside-segment': {
    bun: 'A `:name` that does not start a segment is literal text, and also an empty param; it takes the values of params behind it.',
    ours: 'It is literal text only.',
    reason: 'A param that can never have a value is a trap, one with the value of another a fault.',
  },
  'param-name-rules': {
    bun: 'Names are checked where there are none: `/v:1`, `/:x/b:x` and `/:x/*:x` are refused. They are not checked where there are: `/:x-:1` is accepted, `/:x/:a:x` too and the process crashes at the first request.',
    ours: 'The name of a param, which is what follows the last colon of a segment that starts with one, is checked, nothing else.',
    reason: 'No pattern may crash the server, none that is well defined needs to be refused.',
  },
  'path-segments': {
    bun: 'A pattern may have any number of segments.',
    ours: 'A pattern of more than 256 is refused with an error; longer paths are matched by wildcards only.',
    reason: 'It bounds what an attacker can make a match cost.',
  },
  'wildcard-suffix-shape': {
    bun: 'Of `/x/*a` and `/x/*b` the first one given wins.',
    ours: 'The later one wins.',
    reason: 'They are one shape, and for every other shape the later route wins.',
  },
  'explicit-head': {
    bun: 'A later GET of the same shape replaces an explicit HEAD.',
    ours: 'An explicit HEAD answers HEAD, whatever the order.',
    reason: 'Who wrote a HEAD handler wants it called.',
  },
  'blob-content-type': {
    bun: 'A Blob of a common type is sent with `;charset=utf-8`, whatever charset it says; one without a type as text or bytes, by its parts.',
    ours: 'The type of the Blob is sent as it is; without a type there is no Content-Type.',
    reason: 'The Fetch standard; a Blob of Node does not tell what it was made of.',
  },
  'response-content-type': {
    bun: '`new Response("x").headers` has no Content-Type; it is added on the wire.',
    ours: 'The headers have the Content-Type that is sent.',
    reason: 'The Fetch standard: extracting a string body sets the type.',
  },
  'response-status-101': {
    bun: '`new Response(null, { status: 101 })` is accepted.',
    ours: 'RangeError, as for every status below 200.',
    reason: 'The Fetch standard; a 101 comes from `server.upgrade()`.',
  },
  'reload-without-routes': {
    bun: '`reload()` without `routes` keeps function routes and drops static ones.',
    ours: 'It keeps both.',
    reason: 'An option that is not given does not change, as for `fetch` and `error`.',
  },
  'resolved-error': {
    bun: 'A promise that resolves to an Error gives 204; an Error that is returned goes to `error`.',
    ours: 'Both go to `error`.',
    reason: 'A failure that looks like success is found late.',
  },
  'error-page': {
    bun: 'In development an uncaught error gives a page that its script fills from JSON, for every client and also when NODE_ENV is production.',
    ours: 'A page that is complete without scripts; JSON for clients that prefer it; the plain text of production whenever NODE_ENV is production.',
    reason: 'API clients cannot read a page, and nobody outside may read a stack.',
  },
  'two-lengths': {
    bun: 'In development the answer to a handler that returns nothing has its Content-Length twice.',
    ours: 'Once.',
    reason:
      'RFC 9112 6.3: a recipient may take it for a fault, and clients built on llhttp (Node among them) do.',
    test: 'test/lib/runtime/differences.test.ts',
  },
  'tsconfig-nearest': {
    bun: 'The `tsconfig.json` of the working directory decides about JSX and decorators.',
    ours: 'The nearest one above each file does.',
    reason: "As TypeScript's own compiler has it: a file means the same wherever it is run from.",
    test: 'test/lib/runtime/differences.test.ts',
  },
  'hot-servers': {
    bun: 'With `--hot` a server that the new version of a program does not start any more goes on with its old handlers.',
    ours: 'It is stopped, unless the new version starts no server at all.',
    reason:
      'A port that was given another number, or an id that was renamed, must not answer for ever.',
    test: 'test/lib/runtime/command.test.ts',
  },
  'watched-files': {
    bun: '`--hot` and `--watch` look at the modules of the program.',
    ours: 'At its `tsconfig.json`, what that extends, and `.env` files as well.',
    reason:
      'They decide what the program is; a change in one of them should count as one in the code.',
    test: 'test/lib/runtime/command.test.ts',
  },
  'toml-dates': {
    bun: 'Dates in TOML are objects of Temporal.',
    ours: 'They are `Date`.',
    reason: 'Node has no Temporal before version 26.',
    test: 'test/lib/runtime/differences.test.ts',
  },
  'merged-namespaces': {
    bun: 'What the first half of a namespace exports is in scope in the second.',
    ours: 'The second half names it in full: `A.one`.',
    reason: 'A limit of the compiler, oxc-transform.',
    test: 'test/lib/runtime/differences.test.ts',
  },
  'data-kinds': {
    bun: 'YAML, JSON5, Markdown and CSS files can be imported as values.',
    ours: 'As text only, `with { type: "text" }`; else an error that says so. In pages Vite does it.',
    reason: 'Each would be one more parser in every installation.',
    test: 'test/lib/runtime/differences.test.ts',
  },
  'names-not-provided': {
    bun: 'The module `bun` has everything that Bun is: bundler, test runner, shell, Redis, S3.',
    ours: 'What servers need. Other names can be imported; using one throws `ERR_BUNSERVE_NOT_PROVIDED`.',
    reason: 'bunserve is the server. A program that never comes to the line runs.',
    test: 'test/lib/runtime/differences.test.ts',
  },
  'html-embedding': {
    bun: 'In development a page of another site can embed the scripts of an HTML import.',
    ours: '403 where the browser says so (`Sec-Fetch-Site: cross-site`, `Sec-Fetch-Mode: no-cors`).',
    reason: 'It is source code; CORS is not asked for script tags.',
    test: 'test/lib/html/development.test.ts',
  },
  'html-updates': {
    bun: 'The WebSocket of updates takes every page whose host name is that of the request, whatever its port.',
    ours: "Pages of the same origin, with the token that was in the client's code; programs without an Origin.",
    reason: 'Other programs of the machine have other ports, and are other sites.',
    test: 'test/lib/html/development.test.ts',
  },
  'html-modules': {
    bun: 'In development the scripts of a page are one bundle below `/_bun/client/`.',
    ours: 'Modules of their own below `/_bun/`: those that a page leads to, and no other file of the project.',
    reason: 'It is Vite that serves them; an edit is one module.',
    test: 'test/lib/html/development.test.ts',
  },
  'stop-truthy': {
    bun: '`stop()` cuts connections for `true` only; other truthy values stop gracefully.',
    ours: 'Every truthy value cuts.',
    reason: '`stop(1)` says that connections shall be closed; waiting for them is a surprise.',
  },
  'fetch-standard': {
    bun: 'Request, Response and Headers take much that the Fetch standard refuses: a Request made from another leaves its body unread, headers of fetched responses and of Response.error() can be changed, GET may have a body.',
    ours: "As the standard says, but for the rows of this table; what only Bun has (`toJSON()`, `count`, `new Response(5)`) is there, too. What fetch() returns is Node's own.",
    reason:
      "The classes are the standard's, and programs share them with browsers and other servers.",
    test: 'test/lib/fetch/programs.test.ts',
  },
  'bun-info': {
    bun: 'In development `GET /bun:info` from the same machine is answered with the versions of Bun and of the system.',
    ours: 'It goes to the program, like every other path.',
    reason: 'It is not documented; nothing answers that the program did not write.',
  },
  'borrowed-bytes': {
    bun: 'The bytes of a Response are copied when it is made, whatever their size.',
    ours: 'From 64 KiB on they are borrowed until they have left: changing them before changes what is sent, transferring the buffer before the handler returns sends nothing.',
    reason: 'The copy would be most of the cost of a large answer; node:http does the same.',
    test: 'test/lib/fetch/body.test.ts',
  },
  'symbol-header-names': {
    bun: 'A symbol among the keys of a record given to `new Headers()` is a TypeError.',
    ours: 'It is ignored, unless the record is a Proxy.',
    reason: 'Looking for symbols would cost a third of every response with headers.',
    test: 'test/lib/fetch/headers.test.ts',
  },
  'cookie-dates': {
    bun: 'A Cookie refuses the epoch as a text, takes times beyond what a Date can be, and reads dates without a zone in local time.',
    ours: 'The epoch is a date; beyond 8.64e15 ms is a RangeError; dates without a zone are UTC.',
    reason: 'RFC 6265 5.1.1; the epoch is what most servers delete cookies with.',
  },
  'cookie-map-iteration': {
    bun: 'Changing a CookieMap while iterating over it shows cookies twice or leaves some out.',
    ours: 'An iterator shows the cookies of the moment it was made.',
    reason: 'A loop that deletes cookies should see each of them once.',
  },
  'stream-head-at-once': {
    bun: 'The end of the head of a streamed response waits for the first chunk; a stream that ends in that turn has a Content-Length.',
    ours: 'The head leaves as soon as it is known that the stream takes time, with `Transfer-Encoding: chunked`.',
    reason:
      'fetch() resolves and an EventSource opens on the head; a silent stream must not hold it back.',
  },
  'stream-length': {
    bun: 'A stream that is complete at once has a Content-Length up to 255 bytes, and is chunked above; the body of a request that goes out again is always chunked.',
    ours: 'Content-Length up to 64 KiB.',
    reason: 'The length is known, and of use to clients and caches.',
  },
  'fetched-coding': {
    bun: 'A response of fetch() whose body was decoded goes out decoded, under its old Content-Encoding.',
    ours: 'Without Content-Encoding, and without the length of the coded body.',
    reason: 'No client can decode it.',
  },
  'hop-by-hop': {
    bun: 'Connection, Keep-Alive and their like in a response of fetch() go out again.',
    ours: 'They are left out.',
    reason: 'RFC 9110 7.6.1: they are about the connection to the other server.',
  },
  'file-negative-slice': {
    bun: 'Negative positions of `BunFile.slice()` count from 2^52 unless the size was asked for before: a response is empty, a read gives the beginning.',
    ours: 'They count from the end of the file, as Blob.slice() says.',
    reason: 'The last bytes of a file are what was asked for.',
  },
  'head-of-missing-file': {
    bun: 'HEAD for a Response with a file that is missing or a folder is 200.',
    ours: 'The same error as for GET.',
    reason: 'HEAD announces what GET would answer (RFC 9110 9.3.2).',
  },
  'file-route-length': {
    bun: 'A Content-Length in the headers of a file route is sent as it is.',
    ours: 'The true length is sent.',
    reason: 'A wrong one desynchronises the connection.',
  },
  'file-facts': {
    bun: 'A BunFile remembers its size with the first question, also that it was not there, and reads no further than that; a part has the size that was asked for, even of nothing.',
    ours: 'Size, content and existence are those of the moment; a part is as long as the file lets it be.',
    reason: 'A length that is not the one sent, and an old one, lead to broken responses.',
    test: 'test/lib/file/bun-file.test.ts',
  },
  'file-in-blob': {
    bun: 'A BunFile among the parts of `new Blob()` is left out.',
    ours: 'Its bytes are there.',
    reason: 'The File API: a Blob in a Blob is its bytes.',
    test: 'test/lib/file/bun-file.test.ts',
  },
  'write-nothing': {
    bun: '`Bun.write()` of an empty Blob or Response to a file that is not there fails with ENOENT.',
    ours: 'An empty file is made.',
    reason: 'As with an empty string.',
    test: 'test/lib/file/bun-file.test.ts',
  },
  'write-part': {
    bun: '`Bun.write()` of a slice of a BunFile copies the whole file; onto itself a file becomes empty.',
    ours: 'The slice is copied; onto itself a file stays as it is.',
    reason: 'The first writes what was not asked for, the second loses data.',
    test: 'test/lib/file/bun-file.test.ts',
  },
  'write-mode': {
    bun: '`mode` is without effect on strings and bytes, and a fraction of a number is taken.',
    ours: '`mode` counts for whatever is written; a fraction is a RangeError.',
    reason: 'A secret written with `mode: 0o600` must not be readable by others.',
    test: 'test/lib/file/bun-file.test.ts',
  },
  'sink-after-end': {
    bun: '`write()` of a FileSink that has ended drops what it is given.',
    ours: 'It throws.',
    reason: 'Lost bytes should be heard of.',
    test: 'test/lib/file/bun-file.test.ts',
  },
  'tls-half-pair': {
    bun: 'A key without a certificate, a certificate without a key or another TLS option alone make an HTTPS server that fails every handshake; empty lists make one without TLS.',
    ours: 'TypeError that names what is missing.',
    reason:
      'The documentation says that both are required; what nobody can connect to should not start.',
  },
  'tls-bad-authority': {
    bun: 'A `ca` that is no PEM text: "Failed to create HTTP server".',
    ours: 'The error of the TLS library, as for `key` and `cert`.',
    reason: 'The message should say what is wrong.',
  },
  'tls-ciphers': {
    bun: 'TLS 1.2 may use key exchange by RSA, CBC and SHA-1.',
    ours: 'ECDHE with AES-GCM or ChaCha20-Poly1305, unless `ciphers` says otherwise.',
    reason: 'RFC 9325 4.2; scanners and audits report the others as weak.',
  },
  'tls-alpn': {
    bun: 'ALPN selects nothing.',
    ours: 'It selects `http/1.1` when that is offered.',
    reason: 'RFC 7301: a client that offered learns what will be spoken before it sends.',
  },
  'tls-client-refusal': {
    bun: 'A client whose certificate is not trusted is closed without a word.',
    ours: 'It gets the alert that says why.',
    reason: 'RFC 8446 6.2; whoever runs the client can see what to do.',
  },
  'tls-misdirected': {
    bun: 'A connection made for one name may ask for another, whose client certificates were never asked for.',
    ours: '421, where one of the two names asks for client certificates.',
    reason: 'RFC 9110 15.5.20: the check of a client must not be passed by a Host header.',
  },
  'tls-reload': {
    bun: '`reload({ tls })` is ignored.',
    ours: 'New connections get the new certificates, once these were found valid; open ones live on.',
    reason: 'Certificates expire every few weeks; a restart drops connections.',
  },
  'websocket-connection-field': {
    bun: 'A handshake needs no `Connection: Upgrade`.',
    ours: '400, connection closed; `upgrade()` returns false.',
    reason:
      'RFC 6455 4.2.1; a proxy that does not know WebSockets drops that field, and must not be taken for a client that does.',
  },
  'websocket-request-body': {
    bun: 'Frames that come with the body of an upgrade request are lost, a body that comes later is read as frames.',
    ours: 'The body is read past, whenever it comes; the frames begin behind it.',
    reason:
      'RFC 9110 7.8: the client finishes its request first. What a request may smuggle in must not be taken for messages.',
  },
  'websocket-pending-requests': {
    bun: '`pendingRequests` counts a request that became a WebSocket until its handler returns.',
    ours: 'It is a WebSocket from then on, and no request.',
    reason:
      'A connection is one or the other: a sum of both should be the number of connections in use.',
  },
  'websocket-handler-failure': {
    bun: 'What a handler throws after `upgrade()` is lost; a rejection ends the process.',
    ours: 'Both are shown on stderr, and the socket stays.',
    reason: 'A failure that nobody sees is found late, one that ends the process ends everybody.',
    test: 'test/lib/websocket/upgrade.test.ts',
  },
  'websocket-pause': {
    bun: '`pause()` lets through what has arrived already.',
    ours: 'Nothing is handled from `pause()` to `resume()`.',
    reason: 'Whoever pauses cannot take any more now; that is what the documentation says of it.',
  },
  'websocket-drain': {
    bun: '`drain` runs whenever a client took something.',
    ours: 'It runs when everything that waited has left.',
    reason:
      'Whoever waits for `drain` to send more should be called when there is room, not before.',
    test: 'test/lib/websocket/backpressure.test.ts',
  },
  'websocket-length': {
    bun: 'A length in more bytes than it needs is accepted.',
    ours: '1002.',
    reason: 'RFC 6455 5.2: the minimal number of bytes must be used.',
  },
  'idle-precision': {
    bun: '`idleTimeout` and `server.timeout()` count in ticks of four seconds.',
    ours: 'Up to a second late, never early.',
    reason: 'Both are given in seconds.',
    test: 'test/native/server_timeout_test.cpp',
  },
  'slow-reader': {
    bun: 'A client that takes less than some megabyte of a response within `idleTimeout` is cut off.',
    ours: 'A client that takes something is not idle.',
    reason: 'The documentation: idle is a connection on which nothing is sent or received.',
    test: 'test/native/server_timeout_test.cpp',
  },
} as const satisfies Record<string, Divergence>;

export type DivergenceId = keyof typeof divergences;
