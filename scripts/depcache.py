# SPDX-License-Identifier: MIT
# The per-user cache shared by deps/*/build.py: where it is, how an entry is keyed, built once and
# published atomically, and how objects are compiled in parallel. Standard library only, because a
# machine that can run node-gyp has python3 but not necessarily cmake. Knows nothing of what is
# built.

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor


class BuildError(Exception):
    """A failure the user can act on: the message ends with the cure."""


def say(name, text):
    print(f'[{name}] {text}', file=sys.stderr, flush=True)


def cache_root():
    chosen = os.environ.get('BUNSERVE_CACHE')
    if chosen:
        return os.path.abspath(chosen)
    base = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    return os.path.join(base, 'bunserve')


def sha256_file(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as stream:
        for block in iter(lambda: stream.read(1 << 20), b''):
            digest.update(block)
    return digest.hexdigest()


def read_lock(path):
    """VERSION.lock: `name = value` lines, '#' starts a comment; a repeated name makes a list."""
    values = {}
    with open(path, encoding='ascii') as stream:
        for line in stream:
            line = line.split('#', 1)[0].strip()
            if line:
                key, _, value = line.partition('=')
                values.setdefault(key.strip(), []).append(value.strip())
    return values


def compiler(variable, fallback):
    """A compiler as an argument list: CC and CXX may hold a launcher, as in `ccache gcc`."""
    command = (os.environ.get(variable) or fallback).split()
    if shutil.which(command[0]) is None:
        raise BuildError(f'{command[0]} not found. Install a C++20 compiler '
                         f'(Debian: apt-get install g++ make) or set {variable}.')
    return command


def compiler_id(command):
    """Version and target, by whatever name it was called: those that differ share nothing."""
    run = subprocess.run([*command, '-v'], capture_output=True, text=True, check=False)
    return [line for line in run.stderr.splitlines() if ' version ' in line or 'Target' in line]


def entry_key(**parts):
    parts['machine'] = f'{platform.system()}-{platform.machine()}'
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def is_complete(entry):
    """An entry is usable when every file that its manifest lists is there at its full size."""
    try:
        with open(os.path.join(entry, 'manifest.json'), encoding='ascii') as stream:
            files = json.load(stream)['files']
        return all(os.path.getsize(os.path.join(entry, f)) == size for f, size in files.items())
    except (OSError, ValueError, KeyError):
        return False


@contextlib.contextmanager
def exclusive(path, name):
    """One builder per entry: a second one waits, then finds the work done."""
    with open(path, 'w', encoding='ascii') as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(name, 'waiting for another build of the same library to finish')
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def ensure(name, key, build, description):
    """Return the cache entry for key; build(stage) fills it when it is missing or damaged."""
    root = os.path.join(cache_root(), name)
    entry = os.path.join(root, key)
    if is_complete(entry):
        return entry, False
    try:
        os.makedirs(root, exist_ok=True)
        with exclusive(os.path.join(root, key + '.lock'), name):
            if is_complete(entry):
                return entry, False
            started = time.monotonic()
            stage = tempfile.mkdtemp(prefix='.stage-', dir=root)
            try:
                out = os.path.join(stage, 'out')
                os.mkdir(out)
                build(out, os.path.join(stage, 'work'))
                write_manifest(out, description)
                shutil.rmtree(entry, ignore_errors=True)
                os.rename(out, entry)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
            say(name, f'built in {time.monotonic() - started:.0f} s -> {entry}')
    except OSError as error:
        raise BuildError(f'{error}. Free some disk space (about 400 MB are needed while building) '
                         f'or point BUNSERVE_CACHE at a writable directory.') from error
    return entry, True


def write_manifest(out, description):
    files = {}
    for folder, _, names in os.walk(out):
        for file in names:
            path = os.path.join(folder, file)
            files[os.path.relpath(path, out)] = os.path.getsize(path)
    with open(os.path.join(out, 'manifest.json'), 'w', encoding='ascii') as stream:
        json.dump({'what': description, 'files': files}, stream, indent=1, sort_keys=True)


def compile_all(name, jobs):
    """jobs: (command, source). Runs one compiler per core; the first failure stops the rest."""
    workers = int(os.environ.get('BUNSERVE_JOBS') or len(os.sched_getaffinity(0))
                  if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1)
    done = 0
    shown = time.monotonic()
    failed = []

    def run(job):
        if failed:
            return None
        result = subprocess.run(job[0], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            failed.append((job, result))
        return result

    say(name, f'compiling {len(jobs)} files on {workers} cores')
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for _ in pool.map(run, jobs):
            done += 1
            if time.monotonic() - shown >= 5:
                shown = time.monotonic()
                say(name, f'  {done}/{len(jobs)}')
    if failed:
        (command, source), result = failed[0]
        raise BuildError(f'cannot compile {source}:\n{" ".join(command)}\n{result.stderr.strip()}\n'
                         'If the disk is full, free some space; if the compiler is older than '
                         'g++ 12, install a newer one and set CC and CXX.')


def archive(path, objects):
    """Make a static library. D: no dates or owners, so that equal inputs give equal bytes."""
    tool = os.environ.get('AR') or 'ar'
    if shutil.which(tool) is None:
        raise BuildError('ar not found. Install binutils (Debian: apt-get install binutils).')
    flags = 'rcs' if platform.system() == 'Darwin' else 'rcsD'
    # A response file: hundreds of paths may pass the limit on the length of a command line.
    listing = path + '.rsp'
    with open(listing, 'w', encoding='utf-8') as stream:
        stream.write('\n'.join(f'"{o}"' for o in objects))
    result = subprocess.run([tool, flags, path, '@' + listing], capture_output=True, text=True,
                            check=False)
    os.unlink(listing)
    if result.returncode != 0:
        raise BuildError(f'ar failed: {result.stderr.strip()}. Is the disk full?')


def answer(name, paths, build_report):
    """Run a recipe and print its result: everything as JSON, or one value with --print KEY."""
    try:
        result = build_report()
    except BuildError as error:
        print(f'\n[{name}] error: {error}\n', file=sys.stderr)
        return 1
    if paths[:1] == ['--print']:
        print(result[paths[1]])
    else:
        print(json.dumps(result))
    return 0
