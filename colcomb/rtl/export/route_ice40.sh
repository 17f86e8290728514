#!/usr/bin/env bash
# Places and routes the machine behind a scan chain, since a package has few pins, on an iCE40 HX8K,
# and prints its clock and logic cells. For machines that fit its 7680 logic cells.
# usage: route_ice40.sh [SEED]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p build
mapfile -t sources <sources.txt
yosys -q -l build/route.log -p "read_verilog -sv ${sources[*]} machine.sv machine_scan.sv; synth_ice40 -abc2 -top machine_scan -json build/route.json"
nextpnr-ice40 --hx8k --package ct256 --json build/route.json --pcf-allow-unconstrained \
  --seed "${1:-1}" --asc build/route.asc --log build/nextpnr.log --quiet ||
  { grep ERROR build/nextpnr.log; exit 1; }
icepack build/route.asc build/machine.bin
grep -E 'ICESTORM_LC|Max frequency' build/nextpnr.log | tail -n 2
