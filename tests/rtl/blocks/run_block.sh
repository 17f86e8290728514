#!/usr/bin/env bash
# Runs block_bench in Icarus for the named blocks of blocks.txt, on wires and vectors that
# BLOCK_FILES makes. Prints one line a block; exit status 1 if one differs.
# usage: run_block.sh SV_FOLDER BLOCK_FILES WORK_FOLDER CLOCKS NAME ...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=$1 files=$2 work=$3 clocks=$4
shift 4
mkdir -p "$work"
bad=0
for name in "$@"; do
  vectors=$work/$name.txt
  "$files" "$here/blocks.txt" "$name" wires >"$work/$name.sv"
  "$files" "$here/blocks.txt" "$name" vectors 1 "$clocks" >"$vectors"
  iverilog -g2012 -Wall -o "$work/$name.vvp" -s block_bench -y "$sv" -Y .sv "$sv/sa_pkg.sv" \
    "$work/$name.sv" "$here/block_bench.sv"
  said=$(vvp "$work/$name.vvp" +vectors="$vectors")
  echo "$name: $said"
  [[ $said == PASS* ]] || bad=1
done
exit $bad
