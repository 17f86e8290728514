#!/usr/bin/env bash
# Applies each fault of faults.txt alone to a copy of the RTL and runs the block that must differ, in
# Icarus. Prints one line per fault; exit status 1 if one is not caught or its pattern not found.
# usage: check_faults.sh BLOCK_FILES WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
files=$1 work=$2
sv=$here/../../../colcomb/rtl/sv
mkdir -p "$work"
rm -rf "$work"/*.txt "$work/sv"
cp -r "$sv" "$work/sv"
bad=0 count=0
export KEEP_VECTORS=1
while IFS='|' read -r name file pattern replacement block; do
  [[ -n $name && $name != \#* ]] || continue
  count=$((count + 1))
  sed "s|$pattern|$replacement|" "$sv/$file" >"$work/sv/$file"
  if cmp -s "$sv/$file" "$work/sv/$file"; then
    echo "$name: the pattern is not in $file"
    bad=1
    continue
  fi
  status=0
  said=$("$here/run_block.sh" "$work/sv" "$files" "$work" 1000 "$block" 2>&1) || status=$?
  cp "$sv/$file" "$work/sv/$file"
  if [[ $status -ne 0 && $said == *"FAIL: clock"* ]]; then
    echo "$name: caught by $block"
  else
    echo "$name: NOT caught by $block: ${said:0:400}"
    bad=1
  fi
done <"$here/faults.txt"
echo "$count faults"
exit $bad
