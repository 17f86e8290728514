#!/usr/bin/env bash
# Synthesizes the machine with Yosys for an FPGA and prints its cells.
# usage: synth.sh [ice40 | xc7 | ecp5]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p build
mapfile -t sources <sources.txt
flow=${1:-ice40}
case $flow in
  ice40) synth="synth_ice40 -abc2 -top machine" ;;
  # ABC's &mfs, the last step of the default script, fails in Debian's version on such a machine.
  xc7) synth="scratchpad -set abc9.script \"+&scorr;&sweep;&dc2;&dch,-f;&ps;&if,{C},{W},{D},{R},-v\"; synth_xilinx -family xc7 -flatten -nosrl -nowidelut -abc9 -top machine" ;;
  ecp5) synth="synth_ecp5 -nowidelut -top machine -run begin:map_luts; opt_merge; synth_ecp5 -nowidelut -top machine -run map_luts:" ;;
  *) sed -nE '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
yosys -q -l "build/$flow.log" -p "read_verilog -sv ${sources[*]} machine.sv; $synth; tee -o build/$flow.stat stat; write_json build/$flow.json; write_verilog -noattr build/$flow.v"
cat "build/$flow.stat"
