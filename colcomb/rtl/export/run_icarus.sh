#!/usr/bin/env bash
# Simulates the machine with its test bench in Icarus Verilog (four states).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p build
mapfile -t sources <sources.txt
iverilog -g2012 -I . -s machine_bench -o build/bench.vvp "${sources[@]}" machine.sv machine_bench.sv
vvp -n build/bench.vvp | tee build/icarus.log
grep -q '^PASS' build/icarus.log
