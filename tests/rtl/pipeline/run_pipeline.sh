#!/usr/bin/env bash
# Runs random cross-layer pipelines in Icarus or Verilator: every logit in its clock, and what every
# block shows in every clock as in the simulator. Prints a line a pipeline; exit status 1 if one
# differs. usage: run_pipeline.sh PIPELINE_FILES WORK_FOLDER icarus|verilator SEED ...
# With SV_FOLDER in the environment the library comes from there, first.
set -euo pipefail
files=$1 work=$2 simulator=$3
shift 3
bad=0
for seed in "$@"; do
  folder=$work/$seed
  if [ ! -e "$folder/signals.txt" ] || [ -z "${SV_FOLDER:-}" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    "$files" "$seed" "$folder" >"$folder/what.txt"
    # The watcher stands in the test bench.
    sed -i 's/^endmodule/  machine_watch u_watch ();\nendmodule/' "$folder/machine_bench.sv"
  fi
  said=$(
    cd "$folder"
    mapfile -t sources <sources.txt
    if [ -n "${SV_FOLDER:-}" ]; then
      for i in "${!sources[@]}"; do
        [ ! -e "$SV_FOLDER/${sources[i]#sv/}" ] || sources[i]=$SV_FOLDER/${sources[i]#sv/}
      done
    fi
    sources+=(machine.sv machine_watch.sv machine_bench.sv)
    if [ "$simulator" = icarus ]; then
      { iverilog -g2012 -I . -s machine_bench -o bench.vvp "${sources[@]}" && vvp -n bench.vvp; } 2>&1
    else
      verilator --lint-only -Wall --top-module machine machine.vlt "${sources[@]::${#sources[@]}-2}"
      verilator --binary --timing -O3 -j 1 -CFLAGS -O0 --x-assign unique --x-initial unique \
        -Wno-fatal --top-module machine_bench --Mdir verilated machine.vlt "${sources[@]}" \
        >verilator.log 2>&1 || { tail -n 20 verilator.log; exit 1; }
      verilated/Vmachine_bench
    fi
  ) || true
  said=$(grep -m 1 -E '^(PASS|FAIL)' <<<"$said" || echo "${said:0:400}")
  echo "$seed ($(cat "$folder/what.txt")): $said"
  [[ $said == PASS* ]] || bad=1
done
exit $bad
