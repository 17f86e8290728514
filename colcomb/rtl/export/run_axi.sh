#!/usr/bin/env bash
# Simulates the machine behind AXI4 in Icarus Verilog: registers, streams, a memory on the chip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p build
mapfile -t sources <sources.txt
iverilog -g2012 -I . -s machine_axi_bench -o build/axi.vvp "${sources[@]}" machine.sv machine_axi.sv \
  machine_axi_bench.sv
vvp -n build/axi.vvp | tee build/axi.log
grep -q '^PASS' build/axi.log
