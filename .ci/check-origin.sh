#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Keeps "an original implementation" true where a script can see it: no identifiers or banners of
# the libraries whose design we follow, no fetched source in git, a hash in every VERSION.lock, a
# licence line in every source file, and nothing that names one machine or a registry.
set -u
cd "$(dirname "$0")/.." || exit 2
status=0

files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r f; do
  [ -f "$f" ] && printf '%s\n' "$f"; done; }

# complain TITLE: prints the lines on stdin, if any, and remembers the failure.
complain() {
  local found
  found=$(cat)
  if [ -n "$found" ]; then
    printf '%s:\n%s\n' "$1" "$found"
    status=1
  fi
}

sources=$(files 'deps/*.h' 'deps/*.cpp' 'src-native/*' 'lib/*.ts' 'test/*.h' 'test/*.cpp' \
  'bench/native/*')

grep -nE '\b(us_[a-z]+_|uWS::|LIBUS_|UWS_)' $sources /dev/null | complain 'upstream identifiers'
grep -niE 'Authored by|Alex Hultman|Licensed under the Apache|Jarred|Oven.sh|bun-uws' \
  $sources /dev/null | complain 'upstream banners (credit belongs in ORIGIN.md)'

files 'deps/boringssl/*' 'deps/simdutf/*' |
  grep -vE '^deps/(boringssl|simdutf)/(README\.md|VERSION\.lock|build\.py|fetch\.py)$' |
  complain 'only glue may be in deps/boringssl and deps/simdutf'
for lock in deps/boringssl/VERSION.lock deps/simdutf/VERSION.lock; do
  grep -qE '^sha256 *= *[0-9a-f]{64}' "$lock" || echo "$lock"
done | complain 'VERSION.lock without a SHA-256'
for dir in deps/uSockets deps/uWebSockets; do
  [ -f "$dir/ORIGIN.md" ] || echo "$dir/ORIGIN.md"
done | complain 'missing'

# Generated files, data and small tables carry no header; everything we wrote does.
files '*.cpp' '*.h' '*.ts' '*.tsx' '*.mjs' '*.py' '*.sh' '*.cmake' |
  grep -vE '^test/(fixtures|differential/apps)/|^examples/' |
  while read -r f; do
    head -n 3 "$f" | grep -q 'SPDX-License-Identifier: MIT' || echo "$f"
  done | complain 'no SPDX line'

# Places of one machine, and hosts of registries: both are wrong on every other machine.
files | grep -vE '^(package-lock\.json|bench/package-lock\.json|\.ci/check-origin\.sh)$' |
  tr '\n' '\0' |
  xargs -0 grep -nIE '(^|[^A-Za-z0-9_.])/(work|root)/|registry\.npmjs|deb\.debian\.org' |
  complain 'names of a machine or a registry host'
grep -nE '"resolved":' package-lock.json bench/package-lock.json 2>/dev/null | head -n 3 |
  complain 'lock files record a registry (see .npmrc)'

# C++ is ASCII: compilers and terminals disagree about the rest.
files 'deps/*.h' 'deps/*.cpp' 'src-native/*.h' 'src-native/*.cpp' | tr '\n' '\0' |
  LC_ALL=C xargs -0 grep -nP '[^\x00-\x7F]' | complain 'not ASCII'

exit "$status"
