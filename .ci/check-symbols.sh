#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The addon shares a process with Node's OpenSSL, simdutf and zlib. Only the two Node-API entry
# points may leave it, and no TLS or simdutf name may be asked of the process. Prints the glibc it
# needs.
# Usage: check-symbols.sh [FILE.node]
set -u
cd "$(dirname "$0")/.." || exit 2
addon=${1:-build/Release/bunserve.node}
[ -f "$addon" ] || { echo "$addon is missing: run npm run build"; exit 1; }
status=0

extra=$(nm -D --defined-only "$addon" | awk '{print $NF}' |
  grep -vxE 'napi_register_module_v1|node_api_module_get_api_version_v1')
if [ -n "$extra" ]; then
  printf 'exported besides the Node-API entry points:\n%s\n' "$extra"
  status=1
fi
nm -D --defined-only "$addon" | grep -q napi_register_module_v1 ||
  { echo 'napi_register_module_v1 is not exported'; status=1; }

asked=$(nm -D --undefined-only "$addon" | awk '{print $NF}')
foreign=$(printf '%s\n' "$asked" |
  grep -E '^(_?SSL|BIO|EVP|CRYPTO|OPENSSL|X509|ERR|RSA|EC|BN|SHA[0-9]|HMAC)_|simdutf|sdallocx')
if [ -n "$foreign" ]; then
  printf 'would be bound to the symbols of the process:\n%s\n' "$foreign"
  status=1
fi
# libstdc++ is linked in: an older one on the target would otherwise decide.
needed=$(readelf -d "$addon" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | tr '\n' ' ')
case $needed in
  *libstdc++* | *libssl* | *libcrypto*)
    echo "links dynamically: $needed"
    status=1
    ;;
esac

glibc=$(printf '%s\n' "$asked" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1)
size=$(wc -c < "$addon")
[ "$status" -eq 0 ] && echo "needs $glibc, libraries: $needed, $((size / 1024)) KiB"
exit "$status"
