#!/usr/bin/env bash
# Checks the page's types and that its sources make the bundle TEMPLATE again, byte for byte. MODULES:
# the folder where web/'s modules are installed. Exit status 77, skipped, where they could not be.
# usage: check_bundle.sh MODULES TEMPLATE
set -euo pipefail
modules=$(realpath "$1") template=$2
web=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../web")
[ -f "$modules/installed" ] || { echo "skipped: no node modules"; exit 77; }
rm -rf "$modules/src"
cp -r "$web/src" "$web"/{build.mjs,style.css,template.html,tsconfig.json} "$modules"
(cd "$modules" && node_modules/.bin/tsc)
node "$modules/build.mjs" "$modules" "$modules/again.html"
cmp "$modules/again.html" "$template"
