#!/usr/bin/env bash
# Energy of cells per multiply-accumulate and per idle clock: maps them to a library, simulates the
# netlist in Icarus with the library's cells as yosys reads them, and sums what the library says of
# each change (colcomb/netlist). No wires, no clock tree, no glitches.
# usage: energy.sh NETLIST_ENERGY WORK_FOLDER [FLOW [CELL]]
# NETLIST_ENERGY: the program; FLOW: sg13g2 (default), sg13g2-slow or osu018; CELL: the one row that
# is wanted, as the table names it. COLCOMB_LIBERTY as in synth_one.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$1 work=$2 flow=${3:-sg13g2} only=${4:-}
mkdir -p "$work"
work=$(cd "$work" && pwd)
liberty=${COLCOMB_LIBERTY:-$here/../../../../shared/data/liberty}
case $flow in
  sg13g2) library=$liberty/ihp-sg13g2/sg13g2_stdcell_typ_1p20V_25C.lib ;;
  sg13g2-slow) library=$liberty/ihp-sg13g2/sg13g2_stdcell_slow_1p08V_125C.lib ;;
  osu018) library=/usr/share/qflow/tech/osu018/osu018_stdcells.lib ;;
  *) echo "energy.sh: no flow $flow" >&2; exit 2 ;;
esac
cells=$work/cells-$flow.v
[ -s "$cells" ] || yosys -q -p "read_liberty -ignore_miss_func $library; write_verilog -noattr $cells" >/dev/null

value() { sed -nE "s/.*(^| )$2=([^ ]*).*/\2/p" <<<"$1"; }

# The RTL under the same stimulus has the netlist's outputs in every clock, none of them unknown.
require_equal() {  # name module digest bench-flags... -- parameter=value...
  local name=$1 top=$2 digest=$3 flags=() chosen="" found
  shift 3
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  for pair in "$@"; do chosen+=" .${pair%%=*}(${pair#*=}),"; done
  iverilog -g2012 -s sa_cell_energy_bench "${flags[@]}" "-DCELL=$top #(${chosen%,})" \
    "-DVCD=\"$work/$name.rtl.vcd\"" -o "$work/$name.rtl.vvp" "$here/sa_cell_energy_bench.sv" \
    $("$here/../sv/sources.sh" "$here/../sv") 2>"$work/$name.rtl.warnings"
  found=$(value "$(vvp -n "$work/$name.rtl.vvp" | tr '\n' ' ')" digest)
  [[ $digest == "$found" && $digest != *[xXzZ]* ]] && return
  echo "energy.sh: $name: outputs of the netlist have digest $digest, of the RTL $found" >&2
  exit 1
}

row() {  # name-shown bench-parameters module parameter=value ...
  [ -z "$only" ] || [ "$1" = "$only" ] || return 0
  local shown=$1 bench=$2 top=$3 name times words idle found
  shift 3
  name=$top-$flow-$(IFS=-; echo "$*")
  "$here/synth_one.sh" "$flow" "$work" "$top" "$@" >/dev/null
  # Plain names for all nets, so that waveforms and netlist agree.
  yosys -q -p "read_liberty -lib $library; read_verilog $work/$name.v; hierarchy -top $top;
    splitnets; rename -hide w:*; rename -enumerate -pattern n% w:*;
    write_json $work/$name.json; write_verilog -noattr $work/$name.sim.v" >/dev/null
  local flags=()
  for pair in $bench; do flags+=("-Psa_cell_energy_bench.$pair"); done
  iverilog -g2012 -s sa_cell_energy_bench "${flags[@]}" "-DCELL=$top" \
    "-DVCD=\"$work/$name.vcd\"" -o "$work/$name.vvp" "$here/sa_cell_energy_bench.sv" \
    "$work/$name.sim.v" "$cells" "$here/sg13g2_lgcp_model.v" 2>"$work/$name.warnings" ||
    { cat "$work/$name.warnings" >&2; exit 1; }
  times=$(vvp -n "$work/$name.vvp" | tr '\n' ' ')
  require_equal "$name" "$top" "$(value "$times" digest)" "${flags[@]}" -- "$@"
  energy() {  # begin end, as the bench prints them: ps
    "$program" "$library" "$work/$name.json" "$work/$name.vcd" --top "$top" --scope u_cell \
      --begin "$(awk "BEGIN { print $1 / 1000 }")" --end "$(awk "BEGIN { print $2 / 1000 }")" |
      tr '\n' ' '
  }
  words=$(energy "$(value "$times" words_begin)" "$(value "$times" words_end)")
  idle=$(energy "$(value "$times" idle_begin)" "$(value "$times" idle_end)")
  found=$bench
  awk -v shown="$shown" -v clocks="$(sed -nE 's/.*WordClocks=([0-9]+).*/\1/p' <<<"$found")" \
    -v words="$words" -v idle="$idle" '
    function of(text, name,   parts, i, pair) {
      split(text, parts, " ")
      for (i in parts) { split(parts[i], pair, "="); if (pair[1] == name) return pair[2] }
    }
    BEGIN {
      macs = of(words, "ns") / (10 * clocks)
      idle_clocks = of(idle, "ns") / 10
      printf "| %s | %d | %.1f | %.2f | %.2f | %.2f | %.2f | %.2f | %.3f | %.1f |\n", shown,
        of(words, "ff"), of(words, "um2"), of(words, "total_pj") / macs, of(words, "clock_pj") / macs,
        of(words, "sequential_pj") / macs, of(words, "logic_pj") / macs,
        of(words, "switching_pj") / macs, of(idle, "total_pj") / idle_clocks,
        of(words, "leakage_pj") / of(words, "ns") * 1e6
    }'
}

echo "| cell | flip-flops | um2 | pJ per MAC | clock pins | flip-flops | logic | switching | pJ per idle clock | nW leakage |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
serial="WordClocks=8 Streams=4 AccWires=4"
row "BL" "WordClocks=32 Alpha=1 Lines=1 LoadClocks=9 AccWires=1 Streams=1" sa_bl_cell
row "IL" "$serial Alpha=1 Lines=1 LoadClocks=9 WordsPerWeight=64" sa_il_cell
for alpha in 1 2 4 8 16; do
  loads=$(((9 + (alpha > 8 ? 4 : alpha > 4 ? 3 : alpha > 2 ? 2 : alpha > 1 ? 1 : 0) + alpha - 1) / alpha))
  row "MX, alpha $alpha" "$serial Alpha=$alpha Lines=$alpha LoadClocks=$loads" sa_mx_cell Alpha=$alpha
  [ "$flow" = osu018 ] ||
    row "MX, alpha $alpha, gated" "$serial Alpha=$alpha Lines=$alpha LoadClocks=$loads" \
      sa_mx_cell Alpha=$alpha GateClock=1
done
for alpha in 1 2 4 8 16; do
  bits=$((8 + (alpha > 8 ? 4 : alpha > 4 ? 3 : alpha > 2 ? 2 : alpha > 1 ? 1 : 0)))
  bench="WordClocks=1 Alpha=$alpha Lines=$((8 * alpha)) LoadClocks=$(((bits + 8 * alpha - 1) / (8 * alpha))) AccWires=32"
  row "parallel, alpha $alpha" "$bench" sa_parallel_cell Alpha=$alpha
  [ "$flow" = osu018 ] ||
    row "parallel, alpha $alpha, gated" "$bench" sa_parallel_cell Alpha=$alpha GateClock=1
done
