#!/usr/bin/env bash
# Places and routes an array on an iCE40 HX8K (ct256) with three seeds and prints, per seed, its
# logic cells and clock. usage: route_ice40.sh WORK_FOLDER [PARAMETER=VALUE ...]
# The parameters are those of sa_array_harness; its 4 x 4 MX cells of alpha 8 without double
# buffering are the default.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$1
shift
mkdir -p "$work"
mapfile -t sources < <("$here/../sv/sources.sh" "${COLCOMB_SV:-$here/../sv}")
chparam=
for pair in "$@"; do chparam+=" -chparam ${pair%%=*} ${pair#*=}"; done
name=route-$(IFS=-; echo "$*")
yosys -q -l "$work/$name.log" -p "read_verilog -sv ${sources[*]} $here/sa_array_harness.sv;
  hierarchy -top sa_array_harness$chparam; rename -top sa_array_harness;
  synth_ice40 -abc2 -top sa_array_harness -json $work/$name.json" >/dev/null 2>"$work/$name.warnings"
for seed in ${SEEDS:-1 2 3}; do
  # The goal that is worth aiming at: with an easy one the router stops early.
  nextpnr-ice40 --hx8k --package ct256 --freq 150 --seed "$seed" --json "$work/$name.json" \
    --pcf-allow-unconstrained --timing-allow-fail --log "$work/$name-$seed.log" --quiet >/dev/null 2>&1
  cells=$(sed -nE 's/.*ICESTORM_LC: *([0-9]+)\/.*/\1/p' "$work/$name-$seed.log" | tail -1)
  mhz=$(sed -nE "s/.*Max frequency for clock .*: ([0-9.]+) MHz.*/\1/p" "$work/$name-$seed.log" | tail -1)
  echo "seed=$seed cells=$cells mhz=$mhz"
done
