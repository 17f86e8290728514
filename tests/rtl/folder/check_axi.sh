#!/usr/bin/env bash
# The machine behind AXI4 gives the simulator's logits in its clocks, whatever the handshakes wait
# for, and its test bench notices each fault of the list.
# usage: check_axi.sh FAULTS COMMAND ...: COMMAND, with a folder behind it, writes the machine there
set -euo pipefail
faults=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/machine"
"$@" "$work/machine" >/dev/null
cd "$work/machine"
bash run_axi.sh
verilator --lint-only -Wall --top-module machine_axi machine.vlt $(cat sources.txt) \
  machine.sv machine_axi.sv

bad=0
while IFS='|' read -r file from to; do
  [[ $file == \#* ]] && continue
  [ -e "$file" ] || file=sv/$file
  cp "$file" "$work/kept"
  sed -i "s|$from|$to|" "$file"
  if cmp -s "$file" "$work/kept"; then
    echo "$file: no '$from'"
    bad=1
  elif said=$(bash run_axi.sh 2>&1); then
    echo "$file: not caught: $to"
    bad=1
  elif [[ $said != *"FAIL: "* ]]; then
    echo "$file: '$to': said: $said"
    bad=1
  fi
  cp "$work/kept" "$file"
done <"$faults"
exit $bad
