#!/usr/bin/env bash
# Runs block_bench in Icarus for the named blocks of a list, on wires and vectors that BLOCK_FILES
# makes. Prints one line a block; exit status 1 if one differs.
# usage: run_block.sh SV_FOLDER BLOCK_FILES BLOCKS_TXT WORK_FOLDER CLOCKS NAME ...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=$1 files=$2 blocks=$3 work=$4 clocks=$5
shift 5
mkdir -p "$work"
bad=0
for name in "$@"; do
  vectors=$work/$name.txt
  "$files" "$blocks" "$name" wires >"$work/$name.sv"
  "$files" "$blocks" "$name" vectors 1 "$clocks" >"$vectors"
  iverilog -g2012 -Wall -o "$work/$name.vvp" -s block_bench -y "$sv" -Y .sv "$sv/sa_pkg.sv" \
    "$work/$name.sv" "$here/block_bench.sv"
  said=$(vvp "$work/$name.vvp" +vectors="$vectors")
  echo "$name: $said"
  [[ $said == PASS* ]] || bad=1
done
exit $bad
