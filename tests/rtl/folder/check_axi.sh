#!/usr/bin/env bash
# The machine behind AXI4 gives the simulator's logits in its clocks, whatever the handshakes wait
# for, and its test bench notices each fault of axi_faults.txt.
# usage: check_axi.sh COLCOMB NETWORK ARRAY
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" rtl "$2" --array "$3" --images 2 --out "$work/machine" >/dev/null
cd "$work/machine"
./run_axi.sh
verilator --lint-only -Wall --top-module machine_axi machine.vlt $(cat sources.txt) machine_axi.sv

bad=0
while IFS='|' read -r file from to; do
  [[ $file == \#* ]] && continue
  [ -e "$file" ] || file=sv/$file
  cp "$file" "$work/kept"
  sed -i "s|$from|$to|" "$file"
  if cmp -s "$file" "$work/kept"; then
    echo "$file: no '$from'"
    bad=1
  elif said=$(./run_axi.sh 2>&1); then
    echo "$file: not caught: $to"
    bad=1
  elif [[ $said != *"FAIL: "* ]]; then
    echo "$file: '$to': said: $said"
    bad=1
  fi
  cp "$work/kept" "$file"
done <"$here/axi_faults.txt"
exit $bad
