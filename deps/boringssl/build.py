#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Builds libcrypto.a and libssl.a from the pinned BoringSSL tarball (or BUNSERVE_BORINGSSL_SOURCE)
# into the per-user cache and prints where they are. The source list is the one the package itself
# carries (android-sources.cmake), so nothing here needs CMake, Go or Perl. Symbols are hidden:
# Node exports its own OpenSSL under the same names.

import hashlib
import os
import platform
import re
import shutil
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'scripts'))
sys.path.insert(0, HERE)

import depcache  # noqa: E402
import fetch  # noqa: E402
from depcache import BuildError, say  # noqa: E402

NAME = 'boringssl'
COMMON = ['-O2', '-g0', '-fPIC', '-fvisibility=hidden', '-fno-common', '-ffunction-sections',
          '-fdata-sections', '-fno-strict-aliasing', '-DNDEBUG', '-DBORINGSSL_IMPLEMENTATION', '-w']
C_FLAGS = ['-std=gnu11', '-D_XOPEN_SOURCE=700']
CXX_FLAGS = ['-std=gnu++17', '-fno-exceptions', '-fno-rtti', '-fvisibility-inlines-hidden']
# Without __ELF__, mem.c uses null pointers in place of weak references to allocation hooks: as
# undefined symbols of the addon they could be bound to whatever else the process has loaded.
# Curve25519 in C: GCC 12 makes a fifth of an X25519 exchange, a twentieth of a handshake, of the
# difference between -O2 and -O3.
FILE_FLAGS = {'src/crypto/mem.c': ['-U__ELF__'], 'src/crypto/curve25519/curve25519.c': ['-O3']}
ASSEMBLY = {('Linux', 'x86_64'): 'linux_x86_64', ('Linux', 'aarch64'): 'linux_aarch64',
            ('Darwin', 'x86_64'): 'apple_x86_64', ('Darwin', 'arm64'): 'apple_aarch64'}
# Only these parts of the tarball are unpacked: it also holds 40 MB of test vectors.
NEEDED = re.compile(r'^(err_data\.c|android-sources\.cmake|BORINGSSL_REVISION|LICENSE'
                    r'|(linux|apple)-(x86_64|aarch64)/.*'
                    r'|src/(crypto|ssl|include|third_party/fiat)/.*)$')
NOT_NEEDED = re.compile(r'(/test/|_test\.(cc|txt|json)$|\.(txt|pem|json|go|rev)$|test_data)')


def unpack(tarball, target):
    """Extract what is needed; tarfile and lzma are in python's library, xz is not required."""
    say(NAME, 'unpacking')
    try:
        with tarfile.open(tarball, 'r:*') as stream:
            for member in stream:
                name = member.name.partition('/')[2]
                if not member.isfile() or not NEEDED.match(name) or '..' in name.split('/'):
                    continue
                if NOT_NEEDED.search(name):
                    continue
                path = os.path.join(target, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with stream.extractfile(member) as source, open(path, 'wb') as sink:
                    shutil.copyfileobj(source, sink)
    except (tarfile.TarError, EOFError) as error:
        raise BuildError(f'{tarball} cannot be unpacked ({error}). '
                         'Delete it and build again.') from error


def source_lists(root):
    """The lists of android-sources.cmake: name -> relative paths."""
    path = os.path.join(root, 'android-sources.cmake')
    try:
        with open(path, encoding='utf-8') as stream:
            text = stream.read()
    except OSError as error:
        raise BuildError(f'{path} is missing: {root} is not an unpacked '
                         'android-platform-external-boringssl tarball.') from error
    lists = {}
    for name, body in re.findall(r'set\((\w+)\n(.*?)\n\)', text, re.S):
        lists[name] = [line.strip().replace('${BORINGSSL_ROOT}', '') for line in body.splitlines()]
    return lists


def sources(root):
    """(crypto files, ssl files, extra defines) for this machine."""
    lists = source_lists(root)
    assembly = ASSEMBLY.get((platform.system(), platform.machine()))
    extra = lists.get(f'crypto_sources_{assembly}') if assembly else None
    if extra:
        extra = [name for name in extra if '/test/' not in name]
    defines = [] if extra else ['-DOPENSSL_NO_ASM']
    return lists['crypto_sources'] + (extra or []), lists['ssl_sources'], defines


def jobs_for(files, root, folder, cc, cxx, defines):
    jobs, objects = [], []
    include = ['-I' + os.path.join(root, 'src', 'include')]
    for number, name in enumerate(files):
        is_cxx = name.endswith('.cc')
        # The number keeps apart files of one name in different directories.
        obj = os.path.join(folder, f'{number:03d}-{os.path.basename(name)}.o')
        flags = (CXX_FLAGS if is_cxx else C_FLAGS) if not name.endswith('.S') else []
        flags = [*flags, *defines, *FILE_FLAGS.get(name, [])]
        command = [*(cxx if is_cxx else cc), *COMMON, *flags, *include, '-c',
                   os.path.join(root, name), '-o', obj]
        jobs.append((command, name))
        objects.append(obj)
    return jobs, objects


def build(root, out, work, cc, cxx):
    os.makedirs(work, exist_ok=True)
    crypto, ssl, defines = sources(root)
    crypto_jobs, crypto_objects = jobs_for(crypto, root, work, cc, cxx, defines)
    ssl_folder = os.path.join(work, 'ssl')
    os.mkdir(ssl_folder)
    ssl_jobs, ssl_objects = jobs_for(ssl, root, ssl_folder, cc, cxx, defines)
    depcache.compile_all(NAME, crypto_jobs + ssl_jobs)
    os.mkdir(os.path.join(out, 'lib'))
    depcache.archive(os.path.join(out, 'lib', 'libcrypto.a'), crypto_objects)
    depcache.archive(os.path.join(out, 'lib', 'libssl.a'), ssl_objects)
    shutil.copytree(os.path.join(root, 'src', 'include', 'openssl'),
                    os.path.join(out, 'include', 'openssl'))
    for name in ('LICENSE', 'BORINGSSL_REVISION'):
        if os.path.exists(os.path.join(root, name)):
            shutil.copyfile(os.path.join(root, name), os.path.join(out, name))


def tree_hash(root):
    """Identity of a source directory given by the user: its file list and their content."""
    digest = hashlib.sha256()
    crypto, ssl, _ = sources(root)
    headers = []
    for base in ('src/include', 'src/crypto', 'src/ssl', 'src/third_party/fiat'):
        for folder, _, names in os.walk(os.path.join(root, base)):
            headers += [os.path.relpath(os.path.join(folder, n), root) for n in names
                        if n.endswith(('.h', '.inc'))]
    for name in sorted({*crypto, *ssl, *headers}):
        path = os.path.join(root, name)
        if not os.path.exists(path):
            raise BuildError(f'{path} is missing: the directory in BUNSERVE_BORINGSSL_SOURCE is '
                             'incomplete. Unpack the tarball again.')
        digest.update(f'{name} {depcache.sha256_file(path)}\n'.encode())
    return digest.hexdigest()


def report():
    cc, cxx = depcache.compiler('CC', 'gcc'), depcache.compiler('CXX', 'g++')
    lock = depcache.read_lock(os.path.join(HERE, 'VERSION.lock'))
    flags = [COMMON, C_FLAGS, CXX_FLAGS, FILE_FLAGS,
             depcache.compiler_id(cc), depcache.compiler_id(cxx)]
    override = os.environ.get('BUNSERVE_BORINGSSL_SOURCE')
    if override:
        root = os.path.abspath(override)
        key = depcache.entry_key(source=tree_hash(root), flags=flags)
        entry, built = depcache.ensure(NAME, key, lambda out, work: build(root, out, work, cc, cxx),
                                       f'BoringSSL from {root}')
        return paths(entry, built)
    # Any pinned tarball whose libraries are already here is good: no need to ask the network.
    for digest in lock['sha256']:
        key = depcache.entry_key(source=digest, flags=flags)
        entry = os.path.join(depcache.cache_root(), NAME, key)
        if depcache.is_complete(entry):
            return paths(entry, False)
    tarball, digest = fetch.tarball(lock)

    def from_tarball(out, work):
        root = work + '-source'
        unpack(tarball, root)
        build(root, out, work, cc, cxx)

    key = depcache.entry_key(source=digest, flags=flags)
    entry, built = depcache.ensure(NAME, key, from_tarball, f'BoringSSL tarball {digest}')
    return paths(entry, built)


def paths(entry, built):
    return {'name': NAME, 'root': entry, 'include': os.path.join(entry, 'include'),
            'crypto': os.path.join(entry, 'lib', 'libcrypto.a'),
            'ssl': os.path.join(entry, 'lib', 'libssl.a'), 'built': built}


if __name__ == '__main__':
    sys.exit(depcache.answer(NAME, sys.argv[1:], report))
