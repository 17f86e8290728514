#!/usr/bin/env bash
# Verilator -Wall and Yosys' elaboration of each block of blocks.txt alone: no warning.
# usage: lint_blocks.sh [SV_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=${1:-$here/../../../colcomb/rtl/sv}
mapfile -t sources < <("$here/../../../colcomb/rtl/sv/sources.sh" "$sv")
script=
while read -r name module _ parameters; do
  [[ -n $name && $name != \#* ]] || continue
  read -ra pairs <<<"$parameters"
  verilator --lint-only -Wall --top-module "$module" "${sources[@]}" "${pairs[@]/#/-G}"
  changed=
  for pair in "${pairs[@]}"; do changed+=" -chparam ${pair%%=*} ${pair#*=}"; done
  script+="design -load read; hierarchy -check -top $module$changed; proc; check -assert; "
done <"$here/blocks.txt"
yosys -q -e '.*' -p "read_verilog -sv ${sources[*]}; design -save read; $script"
echo "no warnings"
