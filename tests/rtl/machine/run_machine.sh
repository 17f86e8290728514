#!/usr/bin/env bash
# Runs machine_bench in Icarus: a machine of machines.txt on the random programs of some seeds, whose
# files MACHINE_FILES makes. Prints one line a program; exit status 1 if one fails.
# usage: run_machine.sh SV_FOLDER MACHINE_FILES WORK_FOLDER NAME SEED ...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=$1 files=$2 work=$3 name=$4
shift 4
mkdir -p "$work"
"$files" "$here/machines.txt" "$name" wires >"$work/$name.sv"
iverilog -g2012 -o "$work/$name.vvp" -s machine_bench -y "$sv" -Y .sv "$sv/sa_pkg.sv" \
  "$work/$name.sv" "$here/machine_bench.sv"
bad=0
for seed in "$@"; do
  clocks=$("$files" "$here/machines.txt" "$name" run "$seed" "$work")
  said=$(vvp "$work/$name.vvp" +folder="$work" +clocks="$clocks" | grep -E "PASS|FAIL" || true)
  echo "$name, seed $seed: $said"
  [[ $said == PASS* ]] || bad=1
done
exit $bad
