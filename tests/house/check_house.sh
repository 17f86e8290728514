#!/usr/bin/env bash
# Checks the sources below REPOSITORY against ARCHITECTURE.md's list of rooms and the rules of the house:
#   - a file of a room (sources, headers, .inl and .def files, tests) includes only its own room and the
#     rooms that its entry names: what those include is not allowed through them;
#   - every room has an entry and includes every room that the entry names;
#   - product files include nothing of tests/ or fuzz/, and nothing by a path that hides its room;
#   - LibTorch appears in `network` and `training` alone;
#   - no source file is longer than 600 lines;
#   - every script that names its interpreter (#!) can be executed, as its callers do;
#   - no line of SystemVerilog, which no formatter wraps, is longer than 100 columns.
# Prints one line a fault. usage: check_house.sh REPOSITORY
set -euo pipefail
cd "$1"

{
  # One line an entry: "- `room`: what lives there. Includes `a`, `b`."
  sed -n '/<!-- arrows -->/,/<!-- end arrows -->/p' ARCHITECTURE.md |
    awk '/^- / || /^<!-- end/ { if (entry) print entry; entry = "" } { entry = entry " " $0 }' |
    sed -nE 's/^ - `([a-z_]+)`: .* Includes ([^.]*)\. *$/arrow|\1|\2/p'
  find colcomb -mindepth 1 -maxdepth 1 -type d -printf 'room|%f\n'
  find colcomb -mindepth 2 -regex '.*\.\(cpp\|hpp\|inl\|def\|h\)' -exec \
    grep -HE '^[[:space:]]*#[[:space:]]*include' {} + |
    sed -E 's/^([^:]*):[^<"]*([<"])([^>"]*).*/include|\1|\2|\3/'
} | awk -F'|' '
  function fault(text) { if (!(text in said)) print text; said[text] = 1; bad = 1 }
  $1 == "arrow" {
    entries[$2] = 1
    count = split($3, targets, "`")  # every second piece is a name
    for (i = 2; i <= count; i += 2) arrows[$2 " " targets[i]] = 1
  }
  $1 == "room" && !($2 in entries) { fault("colcomb/" $2 ": no entry in ARCHITECTURE.md") }
  $1 == "include" {
    file = $2
    path = $4
    split(file, parts, "/")
    room = parts[2]
    split(path, parts, "/")
    top = parts[1]
    arrow = room " " parts[2]
    if (top == "colcomb") {
      used[arrow] = 1
      if (parts[2] != room && !(arrow in arrows)) fault(file ": " room " may not include " parts[2])
    } else if (top == "tests" || top == "fuzz") {
      if (file !~ /_test\.cpp$/) fault(file ": product code may not include " path)
    } else if (top == "torch" || top == "ATen" || top == "c10") {
      if (room != "network" && room != "training")
        fault(file ": LibTorch outside network and training")
    } else if ($3 == "\"" && path !~ /^[a-z_]+_generated\.h$/) {
      fault(file ": \"" path "\" does not begin at the root of the repository")
    }
  }
  END {
    for (arrow in arrows)
      if (!(arrow in used)) {
        split(arrow, parts, " ")
        fault("ARCHITECTURE.md: " parts[1] " does not include " parts[2])
      }
    exit bad
  }' || bad=1

folders=()
for folder in colcomb tests fuzz bench examples cmake docs rtl web packaging python; do
  [ ! -d "$folder" ] || folders+=("$folder")
done
long=$(find "${folders[@]}" -name node_modules -prune -o -type f \
  -regex '.*\.\(cpp\|hpp\|inl\|def\|h\|sh\|js\|ts\|py\|sv\|fbs\|cmake\)' -exec wc -l {} + |
  awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines; at most 600" }')
if [ -n "$long" ]; then
  echo "$long"
  bad=1
fi
while IFS= read -r script; do
  if [ "$(head -c 2 "$script")" = '#!' ]; then
    echo "$script: not executable, though it begins with #!"
    bad=1
  fi
done < <(find "${folders[@]}" -name node_modules -prune -o -type f -regex '.*\.\(sh\|py\|js\)' ! -perm -u+x -print)
wide=$(find "${folders[@]}" -name node_modules -prune -o -type f -regex '.*\.svh?' \
  -exec grep -HnE '.{101}' {} + | sed -E 's/^([^:]*:[0-9]+):.*/\1: over 100 columns/' || true)
if [ -n "$wide" ]; then
  echo "$wide"
  bad=1
fi
exit "${bad:-0}"
