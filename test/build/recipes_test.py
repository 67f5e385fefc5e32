#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# The build recipes without a network: reading apt's source lists, judging a download by its hash,
# the cache (one build, atomic, repaired when damaged) and errors that name their cure.

import hashlib
import os
import pathlib
import sys
import tempfile
import threading
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / 'scripts'), str(ROOT / 'deps' / 'boringssl')]

import depcache  # noqa: E402
import fetch  # noqa: E402

DEB822 = '''Types: deb
# a comment between fields
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://other.example/debian
Suites: sid
Components: main
'''
ONE_LINE = '''# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://list.example/debian/ bookworm main non-free # why
deb-src http://source.example/debian bookworm main
deb http://vendor.example/tool nodistro main
'''


class Sources(unittest.TestCase):
    def read(self, **texts):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f'{folder}/sources.list.d')
            for name, text in texts.items():
                path = name.replace('_', '.')
                where = folder if path == 'sources.list' else f'{folder}/sources.list.d'
                pathlib.Path(where, path).write_text(text, encoding='utf-8')
            return fetch.machine_sources(folder)

    def test_deb822_takes_enabled_debian_archives_only(self):
        self.assertEqual(self.read(debian_sources=DEB822),
                         [('http://mirror.example/debian', '/usr/share/keyrings/debian.gpg')])

    def test_one_line_style_with_options(self):
        self.assertEqual(self.read(sources_list=ONE_LINE),
                         [('http://list.example/debian/', '/k.gpg')])

    def test_private_list_swaps_the_suite_and_keeps_the_keyring(self):
        text = fetch.private_list([('http://m/debian', '/k.gpg'), ('http://n/debian', None)], 'sid')
        self.assertEqual(text.count('Types: deb-src'), 2)
        self.assertEqual(text.count('Suites: sid'), 2)
        self.assertEqual(text.count('Signed-By:'), 1)


class CacheCase(unittest.TestCase):
    """A test with a cache directory of its own and no progress lines."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.patch(mock.patch.dict(os.environ, {'BUNSERVE_CACHE': folder.name}))
        self.patch(mock.patch.object(depcache, 'say'))

    def patch(self, context):
        context.start()
        self.addCleanup(context.stop)


class Cache(CacheCase):
    builds = 0

    def build(self, out, _):
        self.builds += 1
        pathlib.Path(out, 'lib.a').write_text('content', encoding='ascii')

    def ensure(self):
        return depcache.ensure('thing', 'key', self.build, 'a test')

    def test_second_build_compiles_nothing(self):
        self.assertEqual(self.ensure()[1], True)
        self.assertEqual(self.ensure()[1], False)
        self.assertEqual(self.builds, 1)

    def test_damaged_entry_is_built_again(self):
        entry, _ = self.ensure()
        pathlib.Path(entry, 'lib.a').write_text('', encoding='ascii')
        self.assertEqual(self.ensure(), (entry, True))
        self.assertEqual(pathlib.Path(entry, 'lib.a').read_text(encoding='ascii'), 'content')

    def test_concurrent_builds_do_the_work_once(self):
        threads = [threading.Thread(target=self.ensure) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.builds, 1)

    def test_failed_build_leaves_nothing_behind(self):
        def fail(out, _):
            pathlib.Path(out, 'half').write_text('x', encoding='ascii')
            raise depcache.BuildError('stop')

        with self.assertRaises(depcache.BuildError):
            depcache.ensure('thing', 'key', fail, 'a test')
        left = [p.name for p in pathlib.Path(depcache.cache_root(), 'thing').iterdir()]
        self.assertEqual(left, ['key.lock'])

    def test_full_disk_names_the_cure(self):
        def full(_out, _work):
            raise OSError(28, 'No space left on device')

        with self.assertRaisesRegex(depcache.BuildError, 'BUNSERVE_CACHE'):
            depcache.ensure('thing', 'key', full, 'a test')

    def test_key_depends_on_source_flags_and_compiler(self):
        base = {'source': 'a', 'flags': ['-O2']}
        keys = {depcache.entry_key(**base), depcache.entry_key(**{**base, 'source': 'b'}),
                depcache.entry_key(**{**base, 'flags': ['-O3']})}
        self.assertEqual(len(keys), 3)
        self.assertEqual(depcache.entry_key(**base), depcache.entry_key(**base))


class Fetching(CacheCase):
    LOCK = {'package': ['thing'], 'suite': ['one', 'two'], 'sha256': ['0' * 64]}

    def setUp(self):
        super().setUp()
        self.patch(mock.patch.object(fetch, 'say'))

    def fetch_with(self, which, sources, download=None):
        def run(command, **options):
            if 'source' in command and download is not None:
                target = pathlib.Path(options['cwd'], 'thing_1.orig.tar.xz')
                target.write_bytes(download)
            return mock.Mock(stderr='E: Unable to locate package thing', returncode=100)

        with mock.patch.object(fetch.shutil, 'which', return_value=which), \
                mock.patch.object(fetch, 'machine_sources', return_value=sources), \
                mock.patch.object(fetch.subprocess, 'run', side_effect=run):
            return fetch.tarball(self.LOCK)

    def test_no_apt_names_the_override(self):
        with self.assertRaisesRegex(depcache.BuildError, 'BUNSERVE_BORINGSSL_SOURCE'):
            self.fetch_with(None, [])

    def test_no_debian_archive(self):
        with self.assertRaisesRegex(depcache.BuildError, 'no Debian archive'):
            self.fetch_with('apt-get', [])

    def test_no_network_reports_every_suite(self):
        with self.assertRaisesRegex(depcache.BuildError, '(?s)one: E: .*two: E: .*network'):
            self.fetch_with('apt-get', [('http://m/debian', None)])

    def test_wrong_hash_is_refused(self):
        with self.assertRaisesRegex(depcache.BuildError, 'wrong SHA-256'):
            self.fetch_with('apt-get', [('http://m/debian', None)], b'something else')

    def test_right_hash_counts_although_apt_failed(self):
        content = b'the tarball'
        digest = hashlib.sha256(content).hexdigest()
        with mock.patch.dict(self.LOCK, {'sha256': [digest]}):
            path, found = self.fetch_with('apt-get', [('http://m/debian', None)], content)
            self.assertEqual(found, digest)
            self.assertEqual(pathlib.Path(path).read_bytes(), content)
            # The second time nothing is asked of apt.
            self.assertEqual(self.fetch_with(None, []), (path, digest))


class Compilers(unittest.TestCase):
    def test_missing_compiler_names_the_package(self):
        with mock.patch.dict(os.environ, {'CXX': 'no-such-compiler'}):
            with self.assertRaisesRegex(depcache.BuildError, r'apt-get install g\+\+'):
                depcache.compiler('CXX', 'g++')

    def test_launcher_and_name_do_not_change_the_identity(self):
        self.assertEqual(depcache.compiler_id(['env', 'g++']), depcache.compiler_id(['g++']))


if __name__ == '__main__':
    unittest.main()
