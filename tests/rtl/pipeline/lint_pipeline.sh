#!/usr/bin/env bash
# Verilator -Wall and Yosys' elaboration of the cross-layer pipeline's own modules alone, with several
# parameters: no warning. The build lints whole pipelines.
# usage: lint_pipeline.sh [SV_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sv=${1:-$here/../../../colcomb/rtl/sv}
mapfile -t sources < <("$here/../../../colcomb/rtl/sv/sources.sh" "$sv" pipeline)
script=
while read -r module parameters; do
  [ -n "$module" ] || continue
  read -ra pairs <<<"$parameters"
  verilator --lint-only -Wall --top-module "$module" "${sources[@]}" "${pairs[@]/#/-G}"
  changed=
  for pair in "${pairs[@]}"; do changed+=" -chparam ${pair%%=*} ${pair#*=}"; done
  script+="design -load read; hierarchy -check -top $module$changed; proc; check -assert; "
done <<'END'
sa_ring_step Ring=1 Bits=1
sa_read_box CoordBits=3 CounterBits=5
sa_sequencer Rows=2 Columns=3
sa_sequencer Rows=5 Columns=1 Behind=3 InputRing=7 ResidualRing=5 OutputRing=1 Windows=1
sa_image_fifo Words=2 WordBytes=1
sa_image_reader Channels=1 Pixels=1 Ring=1
sa_image_reader Channels=9 Pixels=5 Interval=3 DramBytes=4
sa_image_reader Channels=3 Pixels=5 Interval=3 DramBytes=1 BurstBytes=8
sa_ring_writer Rows=8 Kept=3 Ring=9
sa_logit_memory Rows=3 Interval=1 Images=1 ImageBits=1
sa_logit_memory Rows=33 Interval=32 Images=5 ImageBits=4
sa_stage_buffers Columns=2 Buses=1 InPorts=2 ReadPorts=2
sa_stage Rows=2 Columns=3 Banks=2 Alpha=4 Tables=1 ExponentBits=3
sa_stage Rows=9 Columns=1 Kind=3 Banks=1 Alpha=2 SourceRows=11 ResidualRows=9 ResidualRing=7 Behind=2
sa_stage Rows=3 Columns=2 Kind=0 Banks=3 Alpha=1 SourceRows=5 ResidualRows=2 ResidualRing=3 InPorts=2
END
yosys -q -e '.*' -p "read_verilog -sv ${sources[*]}; design -save read; $script"
echo "no warnings"
