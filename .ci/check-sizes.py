#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Files stay readable: at most 600 lines each, and 100 columns where no formatter sees to it. Prints
# the median as well, which is meant to stay between 90 and 150.

import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_LINES, MAX_COLUMNS = 600, 100
FORMATTED = {'.cpp', '.h', '.ts', '.tsx', '.mjs'}
PATTERNS = ['*.cpp', '*.h', '*.ts', '*.tsx', '*.mjs', '*.py', '*.sh', '*.cmake']


def main():
    listing = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--',
                              *PATTERNS], cwd=ROOT, capture_output=True, text=True, check=True)
    found, counts = [], []
    for name in listing.stdout.splitlines():
        path = ROOT / name
        if not path.exists() or name.startswith('test/fixtures/'):
            continue
        rows = path.read_text(encoding='utf-8').splitlines()
        if name.startswith(('deps/', 'src-native/', 'lib/')):
            counts.append(len(rows))
        if len(rows) > MAX_LINES:
            found.append(f'{name}: {len(rows)} lines, at most {MAX_LINES}')
        for number, row in enumerate(rows, 1):
            if len(row) > MAX_COLUMNS and path.suffix not in FORMATTED and 'http' not in row:
                found.append(f'{name}:{number}: {len(row)} columns, at most {MAX_COLUMNS}')
    print('\n'.join(found[:40]) if found else
          f'{len(counts)} source files, median {statistics.median(counts):.0f} lines')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
