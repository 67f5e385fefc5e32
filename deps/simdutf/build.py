#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Builds libsimdutf.a from the pinned npm tarball into the per-user cache and prints where it is.
# Hidden visibility is not a matter of taste: Node exports 1,294 symbols of its own simdutf under
# the same names. BUNSERVE_SIMDUTF=OFF builds nothing; the callers then use their scalar twins
# (UWK_NO_SIMDUTF).

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'scripts'))

import depcache  # noqa: E402
from depcache import BuildError, say  # noqa: E402

NAME = 'simdutf'
FLAGS = ['-std=gnu++20', '-O2', '-g0', '-fPIC', '-fvisibility=hidden',
         '-fvisibility-inlines-hidden', '-fno-exceptions', '-fno-rtti', '-ffunction-sections',
         '-fdata-sections', '-DNDEBUG', '-w']
FILES = ('simdutf.h', 'simdutf.cpp')


def integrity(path):
    digest = hashlib.sha512()
    with open(path, 'rb') as stream:
        for block in iter(lambda: stream.read(1 << 20), b''):
            digest.update(block)
    return 'sha512-' + base64.b64encode(digest.digest()).decode()


def download(lock, folder):
    """npm pack: the user's own client, with its proxy and certificate settings."""
    if shutil.which('npm') is None:
        raise BuildError('npm not found, and simdutf is fetched with it. Install npm, or build '
                         'with BUNSERVE_SIMDUTF=OFF.')
    say(NAME, f'downloading simdutf {lock["version"][0]}')
    command = ['npm', 'pack', lock['package'][0], '--silent', '--pack-destination', folder]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    tarballs = [f for f in os.listdir(folder) if f.endswith('.tgz')]
    if not tarballs:
        lines = run.stderr.strip().splitlines()
        raise BuildError(f'npm pack {lock["package"][0]} brought nothing '
                         f'({lines[-1] if lines else "no message"}). Check the network, or build '
                         'with BUNSERVE_SIMDUTF=OFF.')
    path = os.path.join(folder, tarballs[0])
    if integrity(path) != lock['integrity'][0]:
        raise BuildError(f'{tarballs[0]} does not have the integrity pinned in '
                         'deps/simdutf/VERSION.lock, so it is not used. Check the registry npm is '
                         'set to, or build with BUNSERVE_SIMDUTF=OFF.')
    return path


def unpack(path, out, lock):
    folder = os.path.join(out, 'include')
    os.mkdir(folder)
    with tarfile.open(path, 'r:gz') as stream:
        for name, digest in zip(FILES, lock['sha256']):
            member = stream.getmember('package/cpp/' + name)
            target = os.path.join(folder, name)
            with stream.extractfile(member) as source, open(target, 'wb') as sink:
                shutil.copyfileobj(source, sink)
            if depcache.sha256_file(target) != digest:
                raise BuildError(f'{name} does not have the SHA-256 pinned in VERSION.lock.')
    say(NAME, 'integrity and SHA-256 verified')


def build(out, lock, cxx):
    with tempfile.TemporaryDirectory(prefix='bunserve-npm-') as folder:
        unpack(download(lock, folder), out, lock)
        source, obj = os.path.join(out, 'include', 'simdutf.cpp'), os.path.join(folder, 'simdutf.o')
        depcache.compile_all(NAME, [([*cxx, *FLAGS, '-c', source, '-o', obj], 'simdutf.cpp')])
        os.mkdir(os.path.join(out, 'lib'))
        depcache.archive(os.path.join(out, 'lib', 'libsimdutf.a'), [obj])
        os.unlink(source)


def report():
    if os.environ.get('BUNSERVE_SIMDUTF', '').upper() == 'OFF':
        return {'name': NAME, 'enabled': 'OFF', 'include': '', 'lib': '', 'built': False}
    cxx = depcache.compiler('CXX', 'g++')
    lock = depcache.read_lock(os.path.join(HERE, 'VERSION.lock'))
    key = depcache.entry_key(source=lock['sha256'], flags=[FLAGS, depcache.compiler_id(cxx)])
    entry, built = depcache.ensure(NAME, key, lambda out, _: build(out, lock, cxx),
                                   f'simdutf {lock["version"][0]}')
    return {'name': NAME, 'enabled': 'ON', 'root': entry, 'include': os.path.join(entry, 'include'),
            'lib': os.path.join(entry, 'lib', 'libsimdutf.a'), 'built': built}


if __name__ == '__main__':
    sys.exit(depcache.answer(NAME, sys.argv[1:], report))
