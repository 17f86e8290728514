#!/usr/bin/env bash
# Runs sa_array_bench in Icarus, for each named shape of shapes.txt (all without names), on vectors
# that WRITE_VECTORS makes. Prints one line per shape; exit status 1 if one differs.
# usage: run_icarus.sh SV_FOLDER WRITE_VECTORS WORK_FOLDER CLOCKS [NAME ...]
# With KEEP_VECTORS=1 vectors that exist in the work folder are used again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=$1 writer=$2 work=$3 clocks=$4
shift 4
mkdir -p "$work"
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(awk '!/^#/ && NF && $9 != "alone" { print $1 }' "$here/shapes.txt")
mapfile -t sources < <("$here/../../colcomb/rtl/sv/sources.sh" "$sv")
bad=0
for name in "${names[@]}"; do
  read -r _ kind rows columns alpha bits double gate _ < <(awk -v n="$name" '$1 == n' "$here/shapes.txt")
  case $kind in BL) kind=0 ;; IL) kind=1 ;; MX) kind=2 ;; parallel) kind=3 ;; esac
  vectors=$work/$name.txt
  [ -n "${KEEP_VECTORS:-}" ] && [ -s "$vectors" ] ||
    "$writer" "$here/shapes.txt" "$name" 1 "$clocks" >"$vectors"
  iverilog -g2012 -Wall -o "$work/$name.vvp" -s sa_array_bench -Psa_array_bench.Rows="$rows" \
    -Psa_array_bench.Columns="$columns" -Psa_array_bench.Kind="$kind" \
    -Psa_array_bench.Alpha="$alpha" -Psa_array_bench.AccBits="$bits" \
    -Psa_array_bench.DoubleBuffer="$double" -Psa_array_bench.GateClock="$gate" \
    "${sources[@]}" "$here/sa_array_probe.sv" "$here/sa_array_bench.sv"
  said=$(vvp "$work/$name.vvp" +vectors="$vectors")
  echo "$name: $said"
  [[ $said == PASS* ]] || bad=1
done
exit $bad
