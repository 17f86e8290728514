#!/usr/bin/env bash
# Puts each fault of a list alone into the RTL and runs the random pipeline that must differ, in
# Icarus. Prints one line per fault; exit status 1 if one is not caught or its pattern not found.
# usage: check_faults.sh FAULTS_TXT PIPELINE_FILES WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
faults=$1 files=$2 work=$3
sv=$here/../../../colcomb/rtl/sv
rm -rf "$work"
mkdir -p "$work/faulty"
bad=0 count=0
while IFS='|' read -r name file pattern replacement seed; do
  [[ -n $name && $name != \#* ]] || continue
  count=$((count + 1))
  # Without a fault first, which writes the folder too.
  if [ ! -e "$work/$seed/signals.txt" ]; then
    "$here/run_pipeline.sh" "$files" "$work" icarus "$seed" || bad=1
  fi
  sed "s|$pattern|$replacement|" "$sv/$file" >"$work/faulty/$file"
  if cmp -s "$sv/$file" "$work/faulty/$file"; then
    echo "$name: the pattern is not in $file"
    bad=1
    continue
  fi
  said=$(SV_FOLDER=$work/faulty "$here/run_pipeline.sh" "$files" "$work" icarus "$seed") || true
  rm "$work/faulty/$file"
  said=${said##*): }
  if [[ $said == FAIL* ]]; then
    echo "$name: ${said:0:100}"
  else
    echo "$name: NOT caught by pipeline $seed: ${said:0:400}"
    bad=1
  fi
done <"$faults"
echo "$count faults"
exit $bad
