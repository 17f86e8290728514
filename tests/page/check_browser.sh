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
mkdir "$out/paper"
cat > "$out/paper/tiles.json" <<'END'
{"experiment": "tiles", "stands_for": "tiles of three networks", "dataset": "mnist",
 "columns": [{"name": "tiles", "title": "tiles", "unit": ""}, {"name": "top1", "title": "top-1", "unit": "%"}],
 "lines": [{"setting": "combined <b>", "values": {"tiles": 12, "top1": 84.5},
            "paper": {"tiles": {"value": 11, "status": "checked"}, "top1": {"value": 97.25, "status": "recalled"}}},
           {"setting": "other", "values": {"tiles": 30}, "paper": {}}],
 "notes": ["one seed"], "deviations": ["tiles: 9 % above the paper's 11"]}
END
touch "$out/paper/tiles.csv"
echo '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="50" height="10"/></svg>' > "$out/paper/tiles.svg"
for page in run pipeline paper large sweep; do
  "$colcomb" report "$out/$page" --out "$out/$page.html" >/dev/null
  "$colcomb" report "$out/$page" --json > "$out/$page.json"
done
"$colcomb" report "$out/run" "$out/large" --out "$out/comparison.html" >/dev/null
"$colcomb" report --lesson --out "$out/lesson.html" >/dev/null
"$colcomb" report --lesson --json > "$out/lesson.json"
cp "$source/browser_test.mjs" "$modules"
node "$modules/browser_test.mjs" "$chromium" "$out"
