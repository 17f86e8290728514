#!/usr/bin/env bash
# Simulation speed on one network and array: Verilator on the RTL that `colcomb rtl` writes, and both
# engines, each on the same images. Prints seconds and how often an engine is as fast as Verilator.
# usage: rtl_speed.sh COLCOMB PACKED_NETWORK ARRAY [IMAGES]
set -euo pipefail
colcomb=$1 network=$2 array=$3 images=${4:-4}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds() {  # command ...: of its best of three runs
  local best=
  for _ in 1 2 3; do
    local begin=$EPOCHREALTIME
    "$@" >/dev/null
    local end=$EPOCHREALTIME
    best=$(awk -v a="$begin" -v b="$end" -v best="$best" \
      'BEGIN { t = b - a; print (best == "" || t < best) ? t : best }')
  done
  echo "$best"
}
"$colcomb" rtl "$network" --array "$array" --images "$images" --out "$work/machine" >/dev/null
"$work/machine/run_verilator.sh" | grep PASS  # builds it
cd "$work/machine"
rtl=$(seconds build/verilator/Vmachine_bench)
cd - >/dev/null
for engine in exact fast; do
  start=$(seconds "$colcomb" simulate "$network" --array "$array" --images 0 --engine fast)
  whole=$(seconds "$colcomb" simulate "$network" --array "$array" --images "$images" --engine "$engine")
  awk -v rtl="$rtl" -v whole="$whole" -v start="$start" -v engine="$engine" 'BEGIN {
    printf "%s: %.3f s, Verilator %.3f s: %.1f times as fast", engine, whole, rtl, rtl / whole
    net = whole - start
    if (net > 0.001) printf "; without its start (%.3f s) %.1f times", start, rtl / net
    print ""
  }'
done
