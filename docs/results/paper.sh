#!/usr/bin/env bash
# The paper's figures and tables on Fashion-MNIST (paper.md): runs what is not in OUT yet, and puts the tables into paper.md
# between its markers and the figures into docs/images/paper.
# usage: paper.sh COLCOMB OUT [FLAG ...]    flags of `colcomb experiment all`
set -euo pipefail
colcomb=$1 out=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
images=$here/../images/paper
mkdir -p "$out" "$images"
begin=$(date +%s)
"$colcomb" experiment all --out "$out" "$@"
seconds=$(($(date +%s) - begin))
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
{
  echo
  echo "    colcomb experiment all --out OUT${*:+ $*}"
  echo
  echo "colcomb $("$colcomb" --version | sed -n 1p), $(nproc) processors, $((seconds / 60)) minutes."
  for name in asic tiles latency fpga training-curve sparse-matrix alpha-sweep gamma-sweep limited-data frontier; do
    printf '\n## %s\n\n' "$name"
    sed 's/^./    &/' "$out/$name.txt"
    printf '\n![%s](../images/paper/%s.svg)\n' "$name" "$name"
    cp "$out/$name.svg" "$images/$name.svg"
  done
  echo
} >"$tables"
filled=$(awk -v tables="$tables" '
  /<!-- end results -->/ { skip = 0 }
  !skip { print }
  /<!-- begin results -->/ { while ((getline line < tables) > 0) print line; skip = 1 }' "$here/paper.md")
printf '%s\n' "$filled" >"$here/paper.md"
