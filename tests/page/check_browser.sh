#!/usr/bin/env bash
# Makes pages of a run, a cross-layer run, a large matrix, an exploration, a comparison and the lesson, and opens them in
# Chromium; screenshots stay in OUT/shots. Exit status 77, skipped, where Chromium is not installed.
# usage: check_browser.sh COLCOMB WRITE_PAGES MODULES OUT
set -euo pipefail
colcomb=$1 write_pages=$2 modules=$(realpath "$3") out=$4
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || { echo "skipped: chromium is not installed"; exit 77; }
[ -f "$modules/installed" ] || { echo "skipped: no node modules"; exit 77; }
rm -rf "$out"
mkdir -p "$out/shots"
out=$(realpath "$out")
"$write_pages" "$out"
cat > "$out/sweep.toml" <<'END'
schema = 1
network = "run/network.packed"
array = "16x16"
technology = "sg13g2"
[vary]
"array.rows" = [4, 8, 16]
"array.columns" = [4, 8, 16]
END
"$colcomb" explore --spec "$out/sweep.toml" --out "$out/sweep" >/dev/null
for page in run pipeline large sweep; do
  "$colcomb" report "$out/$page" --out "$out/$page.html" >/dev/null
  "$colcomb" report "$out/$page" --json > "$out/$page.json"
done
"$colcomb" report "$out/run" "$out/large" --out "$out/comparison.html" >/dev/null
"$colcomb" report --lesson --out "$out/lesson.html" >/dev/null
"$colcomb" report --lesson --json > "$out/lesson.json"
cp "$source/browser_test.mjs" "$modules"
node "$modules/browser_test.mjs" "$chromium" "$out"
