#!/usr/bin/env bash
# Energy of an MX cell with double buffering: pJ per multiply-accumulate and per idle clock may not
# exceed these bounds, so that no change makes the cell hungrier unseen. A library that is not there
# is left out, saying so. usage: energy_bounds.sh NETLIST_ENERGY WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
liberty=${COLCOMB_LIBERTY:-$here/../../../shared/data/liberty}
bad=0
while IFS='|' read -r flow library cell mac idle; do
  if [ ! -s "$library" ]; then
    echo "$flow: left out, no $library"
    continue
  fi
  row=$("$here/../../colcomb/rtl/synth/energy.sh" "$1" "$2" "$flow" "$cell" | tail -n 1)
  awk -F' *[|] *' -v flow="$flow" -v mac="$mac" -v idle="$idle" '{
    if ($2 == "" || $5 + 0 == 0) { print flow ": no figures: " $0; exit 1 }
    print flow ", " $2 ": " $5 " pJ per MAC (at most " mac "), " $10 " per idle clock (at most " idle ")"
    exit !($5 + 0 <= mac && $10 + 0 <= idle)
  }' <<<"$row" || bad=1
done <<END
osu018|/usr/share/qflow/tech/osu018/osu018_stdcells.lib|MX, alpha 8|185|15
sg13g2|$liberty/ihp-sg13g2/sg13g2_stdcell_typ_1p20V_25C.lib|MX, alpha 8|23.7|2.3
sg13g2|$liberty/ihp-sg13g2/sg13g2_stdcell_typ_1p20V_25C.lib|MX, alpha 8, gated|19|1.65
END
exit $bad
