#!/usr/bin/env bash
# Simulates the netlist of `./synth.sh ice40` with the same test bench in Icarus Verilog (four
# states): values and clocks must be those of the RTL.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ ! -s build/ice40.v ]; then
  echo "run_netlist.sh: no build/ice40.v: ./synth.sh ice40 writes it" >&2
  exit 2
fi
share=$(dirname "$(readlink -f "$(command -v yosys)")")/../share/yosys
# Ports without a driver read x, as on a chip: not the defaults that the models have elsewhere.
iverilog -g2012 -DNO_ICE40_DEFAULT_ASSIGNMENTS -I . -s machine_bench -o build/netlist.vvp \
  "$share/ice40/cells_sim.v" build/ice40.v machine_bench.sv 2>build/netlist.warnings ||
  { cat build/netlist.warnings >&2; exit 1; }
vvp -n build/netlist.vvp | tee build/netlist.log
grep -q '^PASS' build/netlist.log
