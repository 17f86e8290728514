#!/usr/bin/env bash
# Makes a build's Debian packages twice, and checks them: equal bytes, what lintian says, and which files lie where.
# usage: make_packages.sh BUILD_FOLDER
set -euo pipefail
build=$1
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
for round in 1 2; do
  rm -rf "$build/packages"
  (cd "$build" && cpack) >/dev/null 2>&1
  (cd "$build/packages" && sha256sum ./*.deb) >"$build/digests.$round"
done
cmp "$build/digests.1" "$build/digests.2" || { echo "two builds of the packages differ"; exit 1; }
cat "$build/digests.1"
for deb in "$build"/packages/*.deb; do
  echo "$(stat -c %s "$deb") bytes: $(dpkg-deb -f "$deb" Package Version Depends | tr '\n' ' ')"
done
# The packages are of no archive: they close no bug and have no mailbox.
lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs,bogus-mail-host-in-debian-changelog,bogus-mail-host \
  "$build"/packages/*.deb
