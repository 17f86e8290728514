#!/usr/bin/env bash
# Verilator -Wall and Yosys' elaboration of each block of blocks.txt alone, and of what blocks are
# made of: no warning.
# usage: lint_blocks.sh [SV_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=${1:-$here/../../../colcomb/rtl/sv}
mapfile -t sources < <("$here/../../../colcomb/rtl/sv/sources.sh" "$sv" blocks)
script=
while read -r name module verilated parameters; do
  # The parameters of a program's modules are not in the list.
  [[ -n $name && $name != \#* && $parameters != *program=* ]] || continue
  read -ra pairs <<<"$parameters"
  # The build lints those that it Verilates.
  [ "$verilated" = yes ] ||
    verilator --lint-only -Wall --top-module "$module" "${sources[@]}" "${pairs[@]/#/-G}"
  changed=
  for pair in "${pairs[@]}"; do changed+=" -chparam ${pair%%=*} ${pair#*=}"; done
  script+="design -load read; hierarchy -check -top $module$changed; proc; check -assert; "
done < <(cat "$here/blocks.txt" - <<'END'
fifo    sa_fifo        no Depth=0 Width=8
fifo    sa_fifo        no Depth=5 Width=3
mux     sa_onehot_mux  no Count=1 Width=1
join    sa_window_join no Windows=3
delay   sa_delay       no Clocks=0 Width=3
delay   sa_delay       no Clocks=1 Width=1
delay   sa_delay       no Clocks=4 Width=2
walk    sa_record_walk no Records=1 Width=3
side    sa_word_side   no SideBits=3 Windows=1
timing  sa_tile_timing no WaitBits=1 CounterBits=3
words   sa_tile_words  no Windows=2 AddressBits=9 CoordBits=4 SideBits=5
control sa_controller  no Rows=2 Columns=3 Tiles=5 Layers=2
control sa_controller  no Rows=32 Columns=32 Tiles=40 Layers=20 AddressBits=17 WaitBits=10 TableBits=3
END
)
yosys -q -e '.*' -p "read_verilog -sv ${sources[*]}; design -save read; $script"
echo "no warnings"
