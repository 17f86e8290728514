#!/usr/bin/env bash
# Synthesizes the cells of colcomb/rtl/sv with every flow that this machine can run and prints the
# table of docs/results/rtl.md. usage: synth.sh [WORK_FOLDER]
# COLCOMB_LIBERTY names the folder that holds ihp-sg13g2/ and asap7/; flows whose library is missing
# are left out, with "-" in the table. ROUTE=0 leaves out place and route.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-build/synth}
mkdir -p "$work"
work=$(cd "$work" && pwd)
export COLCOMB_LIBERTY=${COLCOMB_LIBERTY:-$here/../../../../shared/data/liberty}

has() {
  case $1 in
    osu018) [ -r /usr/share/qflow/tech/osu018/osu018_stdcells.lib ] ;;
    sg13g2*) [ -d "$COLCOMB_LIBERTY/ihp-sg13g2" ] ;;
    asap7) [ -d "$COLCOMB_LIBERTY/asap7" ] ;;
  esac && command -v sta >/dev/null
}

value() { sed -nE "s/.*(^| )$2=([^ ]*).*/\2/p" <<<"$1"; }

row() {  # name parameters-shown module parameter=value ...
  local name=$1 alpha=$2 top=$3 line flow found
  shift 3
  local gated=
  [[ " $* " != *" GateClock=1 "* ]] || gated=1
  line="| $name | $alpha |"
  local ff=-
  for flow in xc7 ice40 ecp5; do
    if [ -n "$gated" ]; then
      line+=" - |"
    else
      found=$("$here/synth_one.sh" "$flow" "$work" "$top" "$@")
      line+=" $(value "$found" lut) |"
      ff=$(value "$found" ff)
    fi
  done
  local rest=
  for flow in sg13g2 sg13g2-slow osu018 asap7; do
    found=
    if has "$flow" && { [ -z "$gated" ] || [[ $flow == sg13g2* ]]; }; then
      found=$("$here/synth_one.sh" "$flow" "$work" "$top" "$@" 2>/dev/null)
      ff=$(value "$found" ff)
    fi
    [ "$flow" = sg13g2-slow ] || rest+=" $(value "${found:-um2=-}" um2) |"
    rest+=" $(value "${found:-ns=-}" ns) |"
  done
  echo "$line $ff |$rest"
}

echo "| cell | alpha | xc7 LUT | ice40 LUT | ecp5 LUT | flip-flops | sg13g2 um2 | typical ns | slow ns | osu018 um2 | ns | asap7 um2 | ns |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
row "BL" 1 sa_bl_cell
row "IL" 1 sa_il_cell
for alpha in 1 2 4 8 16; do row "MX" $alpha sa_mx_cell Alpha=$alpha; done
for alpha in 1 2 4 8 16; do row "MX, gated" $alpha sa_mx_cell Alpha=$alpha GateClock=1; done
for alpha in 1 2 4 8 16; do row "MX, single" $alpha sa_mx_cell Alpha=$alpha DoubleBuffer=0; done
for alpha in 1 8; do row "parallel" $alpha sa_parallel_cell Alpha=$alpha; done
if [ "${ROUTE:-1}" = 1 ] && command -v nextpnr-ice40 >/dev/null; then
  echo
  echo "4 x 4 MX cells of alpha 8, without and with double buffering, on an iCE40 HX8K:"
  echo
  echo "| double buffering | seed | logic cells | MHz |"
  echo "| --- | --- | --- | --- |"
  for double in 0 1; do
    # The harness's default is 0; naming it would give another netlist of the same cells.
    parameters=()
    [ $double = 0 ] || parameters=(DoubleBuffer=1)
    SEEDS="1 2 3 4 5 6" "$here/route_ice40.sh" "$work" "${parameters[@]}" |
      sed -E "s/seed=([^ ]*) cells=([^ ]*) mhz=(.*)/| $double | \1 | \2 | \3 |/"
  done
fi
echo
for tool in "yosys -V" "nextpnr-ice40 --version" "verilator --version" "iverilog -V"; do
  command -v "${tool%% *}" >/dev/null && $tool 2>&1 | sed -n 1p
done
dpkg-query -W -f '${Package} ${Version}\n' opensta qflow-tech-osu018 2>/dev/null || true
