#!/usr/bin/env bash
# Installs a build into a folder of its own, builds the consumer project and the examples against it
# and runs them. WHOLE_WAY: the example that needs LibTorch, or empty.
# usage: check_install.sh CMAKE BUILD_FOLDER CONSUMER_SOURCE EXAMPLE_SOURCE CXX_FLAGS WHOLE_WAY
set -euo pipefail
cmake=$1 build=$2 consumer=$3 example=$4 flags=$5 whole_way=$6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --prefix "$work/prefix" >/dev/null
build_project() {  # source, build folder
  "$cmake" -S "$1" -B "$2" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_CXX_FLAGS="$flags" >/dev/null
  "$cmake" --build "$2"
}
build_project "$consumer" "$work/build"
build_project "$example" "$work/example"
"$work/build/consumer"
"$work/prefix/bin/colcomb" --version

# The public headers need no other header of ours than themselves, and none of LibTorch's.
(cd "$work/prefix/include" && find colcomb -name '*.hpp' | sort | sed 's/.*/#include "&"/') \
  >"$work/all.cpp"
# shellcheck disable=SC2086
c++ -std=c++20 -fsyntax-only $flags -I "$work/prefix/include" "$work/all.cpp"
[ "$(wc -l <"$work/all.cpp")" -lt 170 ] || { echo "internal headers are installed"; exit 1; }

# The worked example of docs/reference/quantization.md, computed there by hand.
"$work/build/write_network" "$work/network.packed" "$work/image"
answer=$("$work/example/classify" "$work/network.packed" "$work/image")
[ "$answer" = "class 0, logit 11525" ] || { echo "classify printed: $answer"; exit 1; }

# The same program by pkg-config.
if [ -z "$flags" ] && command -v pkg-config >/dev/null; then
  pc=$(find "$work/prefix" -name colcomb.pc)
  export PKG_CONFIG_PATH=${pc%/*}
  # shellcheck disable=SC2046
  c++ -std=c++20 "$example/main.cpp" -o "$work/classify" \
    $(pkg-config --define-variable=prefix="$work/prefix" --cflags --libs colcomb)
  answer=$("$work/classify" "$work/network.packed" "$work/image")
  [ "$answer" = "class 0, logit 11525" ] || { echo "classify by pkg-config printed: $answer"; exit 1; }
fi

[ -n "$whole_way" ] || exit 0
"$work/prefix/bin/colcomb" train --help | grep -q save-path
lines=$(wc -l <"$whole_way/main.cpp")
[ "$lines" -le 40 ] || { echo "$whole_way/main.cpp has $lines lines, more than 40"; exit 1; }
build_project "$whole_way" "$work/whole_way"
mkdir "$work/run"
answer=$("$work/whole_way/whole_way" "$work/run" 0.1)
echo "$answer"
[[ "$answer" =~ ^top-1\ 0\.[4-9][0-9]+\ of\ 10000\ images,\ one\ image\ every\ [0-9]{4,6}\ clocks$ ]] ||
  { echo "whole_way printed something else"; exit 1; }
