#!/bin/sh
# Debian's changelog of a version, compressed, the same bytes each time.
# usage: changelog.sh VERSION FILE.gz    SOURCE_DATE_EPOCH: the date in it, else that of this script's last change
set -eu
when=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$0")}
printf 'colcomb (%s) unstable; urgency=medium\n\n  * See README.md and the manual pages.\n\n -- the colcomb authors <colcomb@localhost>  %s\n' \
  "$1" "$(date -u -R -d "@$when")" | gzip -9 -n >"$2"
