#!/usr/bin/env bash
# Synthesizes the machine for a standard-cell library, its memories left out as black boxes, and
# prints the area of the rest and, by OpenSTA, the longest path from register to register. Without
# wires: a layout is slower.
# usage: sta.sh LIBERTY_FILE
set -euo pipefail
[ $# -eq 1 ] || { sed -nE '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
liberty=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p build
mapfile -t sources <sources.txt
# Buffers for what goes to many cells, and cells as large as their loads ask for.
echo 'strash; ifraig; scorr; dc2; dch -f; map -B 0.9; topo; buffer -c; upsize; dnsize; stime -p' >build/sta.abc
yosys -q -l build/sta-yosys.log -p "read_verilog -sv ${sources[*]} machine.sv; hierarchy -top machine; proc; blackbox *sa_buffer_bank*; synth -flatten -top machine; dfflibmap -liberty $liberty; abc -liberty $liberty -script build/sta.abc; clean; tee -o build/sta.stat stat -liberty $liberty; write_verilog -noattr build/sta.v"
grep -E 'Chip area' build/sta.stat
cat >build/sta.tcl <<TCL
read_liberty $liberty
read_verilog build/sta.v
link_design machine
create_clock -name clk -period 10 [get_ports clk_i]
report_checks -from [all_registers -clock_pins] -to [all_registers -data_pins] -digits 3
exit
TCL
sta -no_splash -exit build/sta.tcl >build/sta.log 2>&1 || { tail -n 5 build/sta.log; exit 1; }
grep -E 'data arrival time|library setup time' build/sta.log | sed -n 1,2p
