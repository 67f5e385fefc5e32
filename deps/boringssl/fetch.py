# SPDX-License-Identifier: MIT
# Brings the pinned BoringSSL tarball from a Debian archive: apt does the transfer, through a
# private source list derived from the machine's own, so nothing on the system changes and root is
# not needed. The SHA-256 in VERSION.lock judges the result, never apt's exit status. Does not
# compile anything.

import glob
import os
import re
import shutil
import subprocess
import tempfile

from depcache import BuildError, cache_root, exclusive, say, sha256_file

NAME = 'boringssl'
OVERRIDE = ('Or unpack the tarball yourself and set BUNSERVE_BORINGSSL_SOURCE to its directory '
            '(see deps/boringssl/README.md).')


def deb822_entries(text):
    """Stanzas of a .sources file as dictionaries with lower-case names."""
    for stanza in re.split(r'\n\s*\n', text):
        fields, last = {}, None
        for line in stanza.splitlines():
            if line.startswith('#') or not line.strip():
                continue
            if line[0] in ' \t' and last:
                fields[last] += '\n' + line
            elif ':' in line:
                last, _, value = line.partition(':')
                last = last.strip().lower()
                fields[last] = value.strip()
        if fields:
            yield fields


def list_entries(text):
    """Lines of a one-line style .list file, in the shape deb822_entries gives."""
    for line in text.splitlines():
        match = re.match(r'\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)', line)
        if not match:
            continue
        options = dict(o.split('=', 1) for o in (match[1] or '').split() if '=' in o)
        entry = {'types': 'deb', 'uris': match[2], 'suites': match[3],
                 'components': match[4].split('#')[0]}
        if 'signed-by' in options:
            entry['signed-by'] = options['signed-by']
        yield entry


def machine_sources(root='/etc/apt'):
    """(uri, signed-by) of every archive this machine takes a Debian main component from."""
    found = []
    files = [os.path.join(root, 'sources.list')]
    files += sorted(glob.glob(os.path.join(root, 'sources.list.d', '*')))
    for path in files:
        try:
            with open(path, encoding='utf-8') as stream:
                text = stream.read()
        except OSError:
            continue
        entries = deb822_entries(text) if path.endswith('.sources') else list_entries(text)
        for entry in entries:
            if entry.get('enabled', 'yes').lower() == 'no':
                continue
            if 'main' not in entry.get('components', '').split():
                continue
            for uri in entry.get('uris', '').split():
                # Security and third-party archives do not carry this package; the Debian archive
                # is recognised by its path, so that any mirror of it will do.
                source = (uri, entry.get('signed-by'))
                if uri.rstrip('/').endswith('/debian') and source not in found:
                    found.append(source)
    return found


def private_list(sources, suite):
    stanzas = []
    for uri, key in sources:
        stanza = f'Types: deb-src\nURIs: {uri}\nSuites: {suite}\nComponents: main\n'
        stanzas.append(stanza + (f'Signed-By: {key}\n' if key else ''))
    return '\n'.join(stanzas)


def apt_options(folder):
    settings = {
        'Dir::State': f'{folder}/state', 'Dir::State::lists': f'{folder}/state/lists',
        'Dir::State::status': '/var/lib/dpkg/status', 'Dir::Cache': f'{folder}/cache',
        'Dir::Etc::sourcelist': f'{folder}/private.sources', 'Dir::Etc::sourceparts': '-',
        # As root, apt would drop to a user that cannot write into a private directory.
        'APT::Sandbox::User': 'root', 'Acquire::Retries': '2', 'Acquire::Languages': 'none',
        'Dpkg::Use-Pty': 'false',
    }
    options = []
    for key, value in settings.items():
        options += ['-o', f'{key}={value}']
    return options


def try_suite(suite, sources, package, wanted, problems):
    """Download through one suite; the path of a tarball with a wanted hash, or None."""
    with tempfile.TemporaryDirectory(prefix='bunserve-apt-') as folder:
        os.makedirs(f'{folder}/state/lists/partial')
        os.makedirs(f'{folder}/cache/archives/partial')
        os.makedirs(f'{folder}/get')
        with open(f'{folder}/private.sources', 'w', encoding='utf-8') as stream:
            stream.write(private_list(sources, suite))
        options = apt_options(folder)
        say(NAME, f'reading the source index of Debian {suite} (about 10 MB)')
        update = subprocess.run(['apt-get', *options, '-q', 'update'], capture_output=True,
                                text=True, check=False)
        say(NAME, f'downloading {package} (about 32 MB)')
        fetch = subprocess.run(
            ['apt-get', *options, '-q', 'source', '--download-only', '--tar-only', package],
            cwd=f'{folder}/get', capture_output=True, text=True, check=False)
        tarballs = glob.glob(f'{folder}/get/*.orig.tar.*')
        for path in tarballs:
            digest = sha256_file(path)
            if digest in wanted:
                target = os.path.join(cache_root(), 'downloads', digest + '.tar.xz')
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(path, target + f'.{os.getpid()}')
                os.replace(target + f'.{os.getpid()}', target)
                say(NAME, f'SHA-256 verified: {digest}')
                return target
            problems.append(f'{suite}: {os.path.basename(path)} has the wrong SHA-256 {digest}')
        if not tarballs:
            # After a failed update the second message only says that nothing is known.
            lines = (update.stderr.strip() or fetch.stderr.strip()).splitlines()
            problems.append(f'{suite}: ' + (lines[-1] if lines else 'nothing was downloaded'))
    return None


def tarball(lock):
    """Path of a verified tarball, from the cache or from the network."""
    downloads = os.path.join(cache_root(), 'downloads')
    os.makedirs(downloads, exist_ok=True)
    with exclusive(os.path.join(downloads, 'boringssl.lock'), NAME):
        for digest in lock['sha256']:
            path = os.path.join(downloads, digest + '.tar.xz')
            if os.path.exists(path):
                if sha256_file(path) == digest:
                    return path, digest
                os.unlink(path)
        if shutil.which('apt-get') is None:
            raise BuildError('BoringSSL is fetched with apt-get, which this system does not have. '
                             + OVERRIDE)
        sources = machine_sources()
        if not sources:
            raise BuildError('no Debian archive with the component main in /etc/apt. '
                             'Add one (deb <mirror>/debian <suite> main). ' + OVERRIDE)
        problems = []
        for suite in lock['suite']:
            path = try_suite(suite, sources, lock['package'][0], lock['sha256'], problems)
            if path:
                return path, os.path.basename(path).split('.')[0]
    cure = ('No tarball with a pinned SHA-256 (deps/boringssl/VERSION.lock) could be had: '
            'check the network and that `apt-get update` works. ')
    told = '\n  '.join(['BoringSSL was not fetched:', *problems])
    raise BuildError(f'{told}\n{cure}{OVERRIDE}')
