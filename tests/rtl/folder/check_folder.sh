#!/usr/bin/env bash
# Writes the machine for a small network with `colcomb rtl` and runs the folder's own scripts: the
# test bench must pass, and must fail when what it expects is made wrong.
# usage: check_folder.sh COLCOMB NETWORK ARRAY
set -euo pipefail
colcomb=$1 network=$2 array=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }

"$colcomb" rtl "$network" --array "$array" --images 2 --out "$work/machine"
"$colcomb" compile "$network" --array "$array" --out "$work/net.program" >/dev/null
cd "$work/machine"
./run_icarus.sh
grep -q '^PASS: .* of 2 batches' build/icarus.log || fail "not both batches"
rm -r build

# The same twice, no path of this machine, other folders left alone.
"$colcomb" rtl "$network" --array "$array" --images 2 --out "$work/again" >/dev/null
diff -r "$work/machine" "$work/again"
! grep -rlF "$work" . || fail "a file names a folder"
! grep -rlF "$HOME" . || fail "a file names a home"
mkdir "$work/other"
echo text >"$work/other/file"
if said=$("$colcomb" rtl "$network" --array "$array" --out "$work/other" 2>&1); then fail "overwrote"; fi
[[ $said == *"--out"*"something else"* ]] || fail "said: $said"

# The test bench notices a wrong logit, a word in another clock, and one at another address.
expect_failure() {  # file, sed expression, what it says
  cp "$1" "$work/kept"
  sed -i "$2" "$1"
  cmp -s "$1" "$work/kept" && fail "$2 changes nothing in $1"
  if said=$(./run_icarus.sh); then fail "passed with a wrong $1"; fi
  [[ $said == *"FAIL: $3"* ]] || fail "said: $said"
  cp "$work/kept" "$1"
}
# (a last digit becomes another one)
other='s/1$/2/;t;s/.$/1/'
expect_failure logits.hex "2{$other}" logit
expect_failure writes.hex '1{s/^\(.\{15\}\)1/\12/;t;s/^\(.\{15\}\)./\11/}' 'DRAM word 0'
expect_failure writes.hex "2{$other}" 'DRAM word 1'

# A program without its network: random images.
"$colcomb" rtl "$work/net.program" --out "$work/random" | grep -q 'random images'
cd "$work/random"
./run_icarus.sh
