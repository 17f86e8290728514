#!/usr/bin/env bash
# Writes the cross-layer pipeline for a small network with `colcomb rtl` and runs the folder's own
# scripts: the test bench must pass, and must fail when what it expects is made wrong.
# usage: check_folder.sh COLCOMB NETWORK ARRAY
set -euo pipefail
colcomb=$1 network=$2 array=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }

"$colcomb" rtl "$network" --array "$array" --images 3 --out "$work/machine"
cd "$work/machine"
./run_icarus.sh
grep -q '^PASS: .* of 3 images' build/icarus.log || fail "not all images"
rm -r build
mapfile -t sources <sources.txt
verilator --lint-only -Wall --top-module machine machine.vlt "${sources[@]}" machine.sv

# The same twice, no path of this machine.
"$colcomb" rtl "$network" --array "$array" --images 3 --out "$work/again" >/dev/null
diff -r "$work/machine" "$work/again"
! grep -rlF "$work" . || fail "a file names a folder"
! grep -rlF "$HOME" . || fail "a file names a home"

# The test bench notices a wrong value, another class and another clock, and too many logits.
expect_failure() {  # sed expression, what it says
  cp logits.hex "$work/kept"
  sed -i "$1" logits.hex
  cmp -s logits.hex "$work/kept" && fail "$1 changes nothing"
  if said=$(./run_icarus.sh); then fail "passed with $1"; fi
  [[ $said == *"FAIL: $2"* ]] || fail "said: $said"
  cp "$work/kept" logits.hex
}
expect_failure '2{s/1$/2/;t;s/.$/1/}' 'logit 1'
expect_failure '1s/^\(.\{23\}\)./\17/' 'logit 0'
expect_failure '4{s/^\(.\{15\}\)1/\12/;t;s/^\(.\{15\}\)./\11/}' 'logit 3'
sed -i 's/\(LogitCount = \).*/\18;/' machine.svh
if said=$(./run_icarus.sh); then fail "passed with fewer logits"; fi
[[ $said == *"FAIL: clock"*"more than the 8"* ]] || fail "said: $said"

# As JSON; one image without --images.
"$colcomb" rtl "$network" --array "$array" --out "$work/json" --json | grep -q '"configuration_clocks"'
