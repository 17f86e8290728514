#!/usr/bin/env bash
# Verilator -Wall and Yosys' reader over all kinds of arrays: no warning. usage: lint.sh [SV_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=${1:-$here/../../colcomb/rtl/sv}
mapfile -t sources < <("$here/../../colcomb/rtl/sv/sources.sh" "$sv")
while read -r name kind _ _ alpha bits double gate _; do
  [[ -n $name && $name != \#* ]] || continue
  case $kind in BL) kind=0 ;; IL) kind=1 ;; MX) kind=2 ;; parallel) kind=3 ;; esac
  verilator --lint-only -Wall --top-module sa_array "${sources[@]}" -GKind=$kind \
    "-GAlpha=$alpha" "-GAccBits=$bits" "-GDoubleBuffer=1'b$double" "-GGateClock=1'b$gate"
done <"$here/shapes.txt"
for top in sa_bl_cell sa_il_cell; do
  verilator --lint-only -Wall --top-module $top "${sources[@]}"
done
yosys -q -e '.*' -p "read_verilog -sv ${sources[*]}; hierarchy -check -top sa_array; proc; check -assert"
echo "no warnings"
