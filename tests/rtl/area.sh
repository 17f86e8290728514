#!/usr/bin/env bash
# Areas of MX cells with double buffering: LUTs and flip-flops may not exceed these bounds, so that
# no change makes the cell larger unseen. usage: area.sh WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bad=0
while read -r flow alpha luts registers; do
  found=$("$here/../../colcomb/rtl/synth/synth_one.sh" "$flow" "$1" sa_mx_cell "Alpha=$alpha")
  lut=$(sed -E 's/lut=([0-9]+) .*/\1/' <<<"$found")
  ff=$(sed -E 's/.* ff=([0-9]+) .*/\1/' <<<"$found")
  echo "$flow, alpha $alpha: $lut LUTs (at most $luts), $ff flip-flops (at most $registers)"
  [ "$lut" -le "$luts" ] && [ "$ff" -le "$registers" ] || bad=1
done <<'END'
ice40 1 80 57
ice40 8 87 75
xc7 8 71 75
ecp5 8 78 75
END
exit $bad
