#!/usr/bin/env bash
# Simulates the machine with its test bench in Verilator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p build
mapfile -t sources <sources.txt
verilator --binary --timing -O3 -j 0 -CFLAGS -O1 --x-assign unique --x-initial unique \
  --top-module machine_bench --Mdir build/verilator machine.vlt "${sources[@]}" machine.sv machine_bench.sv \
  >build/verilator-build.log 2>&1 || { tail -n 20 build/verilator-build.log; exit 1; }
build/verilator/Vmachine_bench | tee build/verilator.log
grep -q '^PASS' build/verilator.log
