#!/usr/bin/env bash
# The synthesized netlist of a whole machine (Yosys, iCE40) gives the simulator's logits, every word
# in its clock, no x; and the test bench notices a netlist that computes something else.
# usage: check_netlist.sh COLCOMB NETWORK ARRAY
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" rtl "$2" --array "$3" --images 1 --out "$work/machine" >/dev/null
cd "$work/machine"
./synth.sh ice40 | tail -n 12
./run_netlist.sh

# A look-up table of a cell's multiplier gives the opposite of what it should.
awk '
  /LUT_INIT/ { table = NR }
  { line[NR] = $0 }
  /\.O\(.*u_array.*u_mac/ && !wrong { wrong = table }
  END {
    sub(/16.h[0-9a-f]+/, "~&", line[wrong])
    for (i = 1; i <= NR; i++) print line[i]
  }' build/ice40.v >build/wrong.v
! cmp -s build/wrong.v build/ice40.v
mv build/wrong.v build/ice40.v
if said=$(./run_netlist.sh); then echo "passed with a wrong netlist"; exit 1; fi
[[ $said == *FAIL* ]] || { echo "said: $said"; exit 1; }
