#!/usr/bin/env bash
# Synthesizes one module with one flow and prints its figures as words "name=value": LUTs and
# flip-flops of an FPGA flow; flip-flops, um2 and register-to-register delay (ns: clock to output,
# logic, setup; no wires) of a library.
# usage: synth_one.sh FLOW WORK_FOLDER TOP [PARAMETER=VALUE ...]
# FLOW: xc7, ice40, ecp5, or a library: osu018, sg13g2, sg13g2-slow, asap7
# COLCOMB_LIBERTY names the folder that has ihp-sg13g2/ and asap7/. COLCOMB_SV: other sources.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
flow=$1 work=$2 top=$3
shift 3
sv=${COLCOMB_SV:-$here/../sv}
liberty=${COLCOMB_LIBERTY:-$here/../../../../shared/data/liberty}
mkdir -p "$work"
mapfile -t sources < <("$here/../sv/sources.sh" "$sv")
[[ " ${sources[*]} " == *"/$top.sv "* ]] || mapfile -t sources < <("$here/../sv/sources.sh" "$sv" blocks)

chparam=
gated=
for pair in "$@"; do
  chparam+=" -chparam ${pair%%=*} ${pair#*=}"
  [ "$pair" != GateClock=1 ] || gated=1
done
name=$top-$flow-$(IFS=-; echo "$*")

library=
case $flow in
  osu018) library=/usr/share/qflow/tech/osu018/osu018_stdcells.lib ;;
  sg13g2) library=$liberty/ihp-sg13g2/sg13g2_stdcell_typ_1p20V_25C.lib ;;
  sg13g2-slow) library=$liberty/ihp-sg13g2/sg13g2_stdcell_slow_1p08V_125C.lib ;;
  asap7)
    library=$work/asap7.lib
    [ -s "$library" ] || "$liberty/asap7/merge.sh" "$library"
    ;;
esac

if [ -z "$library" ]; then
  case $flow in
    xc7) synth="synth_xilinx -family xc7 -flatten -nosrl -nowidelut -abc9 -top $top" ;;
    ice40) synth="synth_ice40 -abc2 -top $top" ;;
    # Without opt_merge between its halves the flow makes an inverter of the reset for every flip-flop.
    ecp5)
      synth="synth_ecp5 -nowidelut -top $top -run begin:map_luts; opt_merge;
             synth_ecp5 -nowidelut -top $top -run map_luts:"
      ;;
    *) echo "synth_one.sh: no flow $flow" >&2; exit 2 ;;
  esac
  yosys -q -l "$work/$name.log" -p "read_verilog -sv ${sources[*]}; hierarchy -top $top$chparam;
    rename -top $top; $synth; tee -q -o $work/$name.stat stat" >/dev/null
  awk '$1 ~ /^(LUT[1-6]|SB_LUT4)$/ { lut += $2 }
       $1 ~ /^(FD[CPRS]E|SB_DFF[A-Z]*|TRELLIS_FF)$/ { ff += $2 }
       $1 ~ /^(CARRY4|SB_CARRY|CCU2C)$/ { carry += $2 }
       END { print "lut=" lut, "ff=" ff, "carry=" carry + 0 }' "$work/$name.stat"
  exit
fi

gate=()
if [ -n "$gated" ]; then
  case $flow in
    sg13g2*)
      gate=("$here/sg13g2_clock_gate.v")
      for i in "${!sources[@]}"; do
        [[ ${sources[i]} != */sa_clock_gate.sv ]] || unset "sources[i]"
      done
      ;;
    *) echo "synth_one.sh: no clock gate for $flow" >&2; exit 2 ;;
  esac
fi
yosys -q -l "$work/$name.log" -p "read_liberty -lib $library;
  read_verilog -sv ${sources[*]} ${gate[*]}; hierarchy -top $top$chparam; rename -top $top;
  synth -flatten -top $top; dfflibmap -liberty $library;
  abc -liberty $library -script +strash;ifraig;scorr;dc2;dch,-f;map,-B,0.9;topo;buffer,-c;upsize;dnsize;stime,-p;
  clean; tee -q -o $work/$name.stat stat -liberty $library; write_verilog -noattr $work/$name.v" \
  >/dev/null 2>"$work/$name.warnings"
cat >"$work/$name.tcl" <<EOF
read_liberty $library
read_verilog $work/$name.v
link_design $top
create_clock -name clk -period 10 [get_ports clk_i]
report_checks -path_delay max -digits 4 -from [all_registers -clock_pins] -to [all_registers -data_pins]
exit
EOF
sta -no_splash -exit "$work/$name.tcl" >"$work/$name.sta" 2>&1 || true
unit=1
[ "$flow" != asap7 ] || unit=1000
awk -v unit="$unit" '
  FILENAME ~ /stat$/ && /Chip area for/ { area = $NF }
  FILENAME ~ /stat$/ && $1 ~ /^(DFF[A-Z]*X?[0-9]*|sg13g2_(s?df)[a-z]*_[0-9]|DFF.*ASAP.*)$/ { ff += $2 }
  FILENAME ~ /sta$/ && /data arrival time/ && !arrival { arrival = $1 }
  FILENAME ~ /sta$/ && /library setup time/ { setup = -$1 }
  END { printf "ff=%d um2=%.1f ns=%.3f\n", ff, area, (arrival + setup) / unit }' \
  "$work/$name.stat" "$work/$name.sta"
