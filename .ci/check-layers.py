#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Who may include or import whom. Reads #include lines of the C++ tree and import lines of lib/,
# and compares them with the tables below. With --sources it also checks that binding.gyp and
# CMake build the same files. Prints each offending line; exit code 1 if there is one.

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# (files, forbidden include, reason). The first part of a path decides its layer.
USK, UWK, NATIVE = r'deps/uSockets/', r'deps/uWebSockets/', r'src-native/'
CPP_RULES = [
    (f'({USK}|{UWK})', r'node_api\.h|napi\.h|js_native_api', 'Node-API is for src-native only'),
    (f'({USK}(?!src/tls/)|{UWK}|{NATIVE}(?!tls_probe))', r'openssl/',
     '<openssl/*> is for deps/uSockets/src/tls only'),
    (f'({USK}(?!src/eventing/(hosted_uv|uv_sockets))|{UWK})', r'uv\.h$',
     '<uv.h> is for the two hosted backends only'),
    (f'{USK}src/tls/', r'(loop_state|socket_core|group_internal|poller|slab|back_buffer|cork|'
     r'timeouts|transport|handshakes)\.h$', 'tls knows connections by descriptor only'),
    (USK, r'uwk/|uWebSockets|http/|router/|ws/|napi|env_state', 'usk knows nothing above it'),
    (f'{UWK}(?!src/text/Utf8)', r'simdutf\.h', 'simdutf is for uwk/text only'),
    (f'{UWK}src/(text|router)/|{UWK}src/ws/Frame\\.|{UWK}src/http/(CharTables|BloomFilter|ByteRange'
     r'|ChunkedDecoder|HeaderScan|HttpParser)\.|'
     f'{UWK}src/files/(AcceptEncoding|ByteRange|DirectoryPath|HttpDate|MediaTypes|Preconditions)'
     r'\.',
     r'usk/|sys/|AsyncSocket|HttpConnection|Server\.h|FileSystem|fcntl|unistd',
     'pure code: no sockets, no connections, no files'),
    (f'{UWK}src/files/(?!FileBody)', r'usk/|HttpConnection|HttpExchange|Server(Internal)?\.h',
     'files know neither sockets nor connections'),
    (UWK, r'(^|/)(loop_state|socket_core|group_internal|poller|slab|back_buffer|net|cork|timeouts|'
     r'transport|write_path)\.h$', 'uwk sees include/usk only'),
    (f'{UWK}src/http/', r'ws/(?!Handshake)', 'http knows ws through Handshake only'),
    (f'{UWK}src/ws/', r'http/(Http(Connection|Response|Exchange|Context|Body|Parser)|RouteTable)',
     'ws does not know http connections'),
    (f'{UWK}include/', r'\.\./src|src/', 'public headers have no private includes'),
    (NATIVE, r'\.\./deps|uWebSockets/src|uSockets/src|http/|router/|ws/|eventing/|sys/',
     'src-native sees include/uwk and include/usk only'),
]
# Calls that one file alone may make: (pattern, files allowed, searched below, reason).
CALL_RULES = [
    (r'\bnapi_(call_function|make_callback)\s*\(', r'src-native/js_call\.cpp', 'src-native',
     'only js_call.cpp calls into JavaScript'),
    (r'(?<![\w.>:])::?(open(at2?)?|f?stat(at)?|readlink(at)?|p?readv?|pread64|syscall)\s*\(',
     r'deps/(uSockets/src/(sys|eventing)/|uWebSockets/src/files/FileSystem\.cpp)', 'deps',
     'only usk/sys and uwk/files/FileSystem make file calls'),
    (r'(?<![\w.>:])::?(socket|accept4?|bind|listen|recv(m?msg)?|send(m?msg)?|setsockopt)\s*\(',
     r'deps/uSockets/src/sys/', 'deps', 'only usk/sys makes socket calls'),
]
# TypeScript: module -> what it may import from lib (first path part, or a file at the top).
BASE = {'native', 'errors', 'util', 'types', 'late'}
TS_MAY = {
    'late': {'late', 'file', 'cookies', 'html', 'pubsub', 'request', 'router', 'server',
             'websocket'},
    'errors': set(),
    'util': {'errors'},
    'native': {'errors', 'util'}, 'types': BASE | {
        'file', 'request', 'response', 'router', 'server', 'websocket', 'pubsub', 'fetch',
        'cookies'},
    'fetch': BASE, 'file': BASE | {'fetch'},
    'router': BASE | {'fetch', 'file', 'response', 'websocket'},
    'cookies': BASE | {'fetch'}, 'error-page': set(),
    'request': BASE | {'fetch', 'file', 'router', 'cookies'}, 'response': BASE | {'fetch', 'file'},
    'websocket': BASE | {'fetch'}, 'pubsub': BASE | {'peer'},
    'server': BASE | {'fetch', 'file', 'router', 'request', 'response', 'websocket', 'server',
                      'pubsub', 'placement', 'error-page'},
    'html': BASE | {'fetch', 'file', 'router', 'websocket'},
    'placement': {'pubsub'}, 'peer': set(), 'sqlite': BASE | {'peer'},
    'sql': BASE | {'peer', 'sqlite'},
    'serve': BASE | {'server'}, 'router-entry': BASE | {'router'},
    # Above the server: the public API, never what is behind it.
    'runtime': {'index', 'serve', 'html', 'bun', 'sqlite', 'sql', 'register', 'errors', 'types',
                'util', 'fetch', 'peer', 'placement', 'pubsub'},
    'index': None, 'bun': None, 'bun-late': {'bun'}, 'register': None,
    'cli': {'runtime', 'register', 'errors', 'html'},
}


def files(*patterns):
    listing = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--',
                              *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.splitlines() if (ROOT / name).exists()]


def lines(name):
    return enumerate((ROOT / name).read_text(encoding='utf-8').splitlines(), 1)


def check_cpp(found):
    for name in files('deps/*.h', 'deps/*.cpp', 'src-native/*.h', 'src-native/*.cpp'):
        for number, line in lines(name):
            include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if include:
                for where, forbidden, reason in CPP_RULES:
                    if re.match(where, name) and re.search(forbidden, include[1]):
                        found.append(f'{name}:{number}: {line.strip()}  -- {reason}')
            code = line.split('//')[0]
            for pattern, allowed, below, reason in CALL_RULES:
                if name.startswith(below) and not re.match(allowed, name):
                    if re.search(pattern, code):
                        found.append(f'{name}:{number}: {line.strip()}  -- {reason}')


def module_of(path):
    parts = path.parts
    if len(parts) > 1:
        return parts[0]
    return 'router-entry' if path.stem == 'router' else path.stem


def check_ts(found):
    lib = pathlib.PurePosixPath('lib')
    for name in files('lib/*.ts', 'lib/*.tsx'):
        own = module_of(pathlib.PurePosixPath(name).relative_to(lib))
        for number, line in lines(name):
            target = re.search(r'''(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]''', line)
            if target:
                path = (ROOT / name).parent.joinpath(target[1]).resolve()
                other = module_of(path.relative_to(ROOT / 'lib'))
                may = TS_MAY.get(own, set())
                if other != own and may is not None and other not in may:
                    found.append(f'{name}:{number}: {line.strip()}  -- {own} may not import '
                                 f'{other}')
            if re.search(r'node-gyp-build|\.node[\'"]', line) and name != 'lib/native/binding.ts':
                found.append(f'{name}:{number}: {line.strip()}  -- only lib/native/binding.ts '
                             'loads the addon')


def check_sources(found):
    # Both builds glob; a source outside the globbed directories would be in neither.
    for name in files('deps/*.cpp', 'src-native/*.cpp'):
        if not re.match(r'deps/(uSockets|uWebSockets)/src/|src-native/', name):
            found.append(f'{name}: outside the directories that binding.gyp and CMake build')
    gyp = (ROOT / 'binding.gyp').read_text()
    for folder in ('deps/uSockets', 'deps/uWebSockets'):
        cmake = (ROOT / folder / 'CMakeLists.txt').read_text()
        if f'list-sources.mjs {folder}/src' not in gyp or 'bunserve_library(' not in cmake:
            found.append(f'{folder}: binding.gyp or CMakeLists.txt does not glob {folder}/src')


def main():
    found = []
    if '--sources' in sys.argv:
        check_sources(found)
    else:
        check_cpp(found)
        check_ts(found)
    print('\n'.join(found))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
