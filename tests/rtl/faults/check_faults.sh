#!/usr/bin/env bash
# Applies each fault of faults.txt alone to a copy of the RTL and runs the check that must catch it.
# Prints one line per fault; exit status 1 if one is not caught or its pattern not found.
# usage: check_faults.sh WRITE_VECTORS WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
writer=$1 work=$2
sv=$here/../../../colcomb/rtl/sv
mkdir -p "$work"
bad=0 count=0
export KEEP_VECTORS=1
while IFS='|' read -r name file pattern replacement check; do
  [[ -n $name && $name != \#* ]] || continue
  count=$((count + 1))
  rm -rf "$work/sv"
  cp -r "$sv" "$work/sv"
  sed -i "s|$pattern|$replacement|" "$work/sv/$file"
  if cmp -s "$sv/$file" "$work/sv/$file"; then
    echo "$name: the pattern is not in $file"
    bad=1
    continue
  fi
  status=0
  if [[ $check == proof:* ]]; then
    read -ra arguments <<<"${check#proof:}"
    said=$("$here/../proof/prove_mx.sh" "${arguments[@]}" "$work/sv" 2>&1) || status=$?
    [[ $status -ne 0 && $said == *"proof did fail"* ]] && caught=1 || caught=
  else
    said=$("$here/../run_icarus.sh" "$work/sv" "$writer" "$work" 2000 "$check" 2>&1) || status=$?
    [[ $status -ne 0 && $said == *"FAIL: clock"* ]] && caught=1 || caught=
  fi
  if [ -n "$caught" ]; then
    echo "$name: caught by $check"
  else
    echo "$name: NOT caught by $check: ${said:0:400}"
    bad=1
  fi
done <"$here/faults.txt"
echo "$count faults"
exit $bad
