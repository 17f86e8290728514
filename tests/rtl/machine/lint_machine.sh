#!/usr/bin/env bash
# Verilator -Wall and Yosys' elaboration of what datapath, buffers and machine are made of, each
# module alone: no warning.
# usage: lint_machine.sh [SV_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=${1:-$here/../../../colcomb/rtl/sv}
mapfile -t sources < <("$here/../../../colcomb/rtl/sv/sources.sh" "$sv" machine)
script=
while read -r module parameters; do
  read -ra pairs <<<"$parameters"
  verilator --lint-only -Wall --top-module "$module" "${sources[@]}" "${pairs[@]/#/-G}"
  changed=
  for pair in "${pairs[@]}"; do changed+=" -chparam ${pair%%=*} ${pair#*=}"; done
  script+="design -load read; hierarchy -check -top $module$changed; proc; check -assert; "
done <<'END'
sa_token_delay Clocks=1 Interval=1
sa_token_delay Clocks=40 Interval=8
sa_bus_token Rows=1
sa_bus_token Rows=24
sa_crossbar_token Clocks=5 Interval=1
sa_row_writer Rows=1 RowTiles=1
sa_row_writer FirstRow=8 Rows=3
sa_result_bus Rows=1 AccBits=16
sa_result_bus Rows=1 AccBits=16 Tables=1
sa_activation_table Rows=1
sa_activation_table Rows=8 Tables=3
sa_result_bus FirstRow=8 Rows=3
sa_result_side Rows=1 Columns=1 Kind=3
sa_result_side Rows=9 Columns=2 Kind=1 AccBits=16
sa_result_side Rows=30 Columns=2 Kind=0 AccBits=24
sa_result_side Rows=9 Columns=2 ExponentBits=3
sa_result_side Rows=2 Columns=1 Kind=3 RowTiles=1 ExponentBits=3
sa_row_feeders Rows=5 Kind=3
sa_row_feeders Rows=9 Kind=2
sa_data_bank
sa_data_bank Bytes=37 ReadPorts=2 WritePorts=3
sa_input_bank WordBytes=1 Ports=3
sa_input_bank Bytes=7 WordBytes=16
sa_output_bank WordBytes=1
sa_output_bank Bytes=9 WordBytes=64 AddressBits=4
sa_weight_buffer WordBytes=1 LineBits=3
sa_weight_buffer WordBytes=1 LineBits=30
sa_weight_buffer WordBytes=4 LineBits=70
sa_buffers Rows=9 Columns=3 ReadPorts=2 WritePorts=2 DramBytes=4
sa_datapath Rows=9 Columns=3 Kind=2 Alpha=3
sa_datapath Rows=2 Columns=1 Kind=0 Alpha=1 AccBits=24 DoubleBuffer=0
sa_datapath Rows=4 Columns=4 Kind=3 Alpha=2 ReadPorts=2 WritePorts=4
sa_machine Rows=4 Columns=4
sa_machine Rows=4 Columns=4 Tables=5
sa_machine Rows=9 Columns=4 ExponentBits=3
END
yosys -q -e '.*' -p "read_verilog -sv ${sources[*]}; design -save read; $script"
echo "no warnings"
