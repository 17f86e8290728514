#!/usr/bin/env bash
# Places and routes modules for a standard-cell library with qflow (yosys, graywolf, qrouter, vesta,
# magic) and prints a table: cells, die, wire length, and the longest path before and after layout,
# clock-to-Q and setup time included. qflow's own defaults, osu018 (180 nm), seed fixed by it.
# usage: layout.sh WORK_FOLDER NAME MODULE [PARAMETER=VALUE ...]
# Writes WORK_FOLDER/NAME/NAME.svg too, a picture of the layout.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 3 ] || { sed -nE '2,6s/^# ?//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
name=$2 top=$3
folder=$1/$name
shift 3
tech=/usr/share/qflow/tech/osu018
rm -rf "$folder"
mkdir -p "$folder"/{source,synthesis,layout,log}
cd "$folder"

chosen=""
for pair in "$@"; do chosen+="chparam -set ${pair%%=*} ${pair#*=} $top; "; done
# qflow reads no SystemVerilog.
yosys -q -p "read_verilog -sv $("$here/../sv/sources.sh" "$here/../sv" | tr '\n' ' '); $chosen
  hierarchy -top $top; proc; flatten; opt -full; rename -top $name;
  write_verilog -noattr source/$name.v" >/dev/null
for step in synthesize place sta route backanno; do
  qflow "$step" -T osu018 "$name" >"log/$step.out" 2>&1 ||
    { echo "layout.sh: qflow $step failed:" >&2; tail -n 20 "log/$step.out" >&2; exit 1; }
done
if ! grep -q 'Final: No failed routes' log/route.out log/*.log; then
  echo "layout.sh: $name: nets are not routed, see $folder/log" >&2
  exit 1
fi
delay() { sed -nE '0,/^Path/s/^Path .* delay ([0-9.]+) ps.*/\1/p' "$1"; }
awk -v name="$name" -v before="$(delay log/sta.log)" -v after="$(delay log/post_sta.log)" \
  -v svg="$name.svg" -f "$here/layout.awk" "$tech/osu018_stdcells.lef" "layout/$name.def"
