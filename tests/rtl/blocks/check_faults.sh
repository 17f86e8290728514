#!/usr/bin/env bash
# Puts each fault of a list alone into the RTL and runs the block that must differ, in Icarus.
# Prints one line per fault; exit status 1 if one is not caught or its pattern not found.
# usage: check_faults.sh FAULTS_TXT VECTORS WORK_FOLDER, VECTORS being the folder in which run_block.sh
# has run the blocks without a fault
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
faults=$1 vectors=$2 work=$3
sv=$here/../../../colcomb/rtl/sv
rm -rf "$work"
mkdir -p "$work/faulty"
bad=0 count=0
while IFS='|' read -r name file pattern replacement block; do
  [[ -n $name && $name != \#* ]] || continue
  count=$((count + 1))
  sed "s|$pattern|$replacement|" "$sv/$file" >"$work/faulty/$file"
  if cmp -s "$sv/$file" "$work/faulty/$file"; then
    echo "$name: the pattern is not in $file"
    bad=1
    continue
  fi
  # The faulty file takes the place of the one of equal name in the second folder.
  said=$({ iverilog -g2012 -o "$work/faulty.vvp" -s block_bench -y "$work/faulty" -y "$sv" -Y .sv \
    "$sv/sa_pkg.sv" "$vectors/$block.sv" "$here/block_bench.sv" &&
    vvp "$work/faulty.vvp" +vectors="$vectors/$block.txt"; } 2>&1) || true
  rm "$work/faulty/$file"
  if [[ $said == *"FAIL: clock"* ]]; then
    echo "$name: caught by $block"
  else
    echo "$name: NOT caught by $block: ${said:0:400}"
    bad=1
  fi
done <"$faults"
echo "$count faults"
exit $bad
