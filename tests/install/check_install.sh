#!/usr/bin/env bash
# Installs a build into a folder of its own, builds the consumer project and the examples against it,
# runs them and compares what they print with their expected.txt.
# PYTHON: an interpreter for the Python example, or empty; TORCH: ON for the example that trains.
# usage: check_install.sh CMAKE BUILD_FOLDER SOURCE_FOLDER CXX_FLAGS TORCH PYTHON
set -euo pipefail
cmake=$1 build=$2 source=$3 flags=$4 torch=$5 python=$6
examples=$source/examples
golden=$source/tests/golden/version4.packed
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --prefix "$work/prefix" >/dev/null
build_project() {  # source, build folder
  "$cmake" -S "$1" -B "$2" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_CXX_FLAGS="$flags" >/dev/null
  "$cmake" --build "$2"
}
# Runs an example and compares what it prints with expected.txt in its folder.
expect() {  # folder of the example, command ...
  local expected=$examples/$1/expected.txt
  shift
  "$@" >"$work/printed" || { echo "$*: exit status $?"; cat "$work/printed"; exit 1; }
  diff -u "$expected" "$work/printed" || { echo "$* printed something else"; exit 1; }
}
build_project "$source/tests/install/consumer" "$work/build"
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
build_project "$examples/inference" "$work/inference"
expect inference "$work/inference/classify" "$work/network.packed" "$work/image"

build_project "$examples/grouping_policy" "$work/grouping_policy"
expect grouping_policy "$work/grouping_policy/grouping_policy"

build_project "$examples/custom_array" "$work/custom_array"
expect custom_array "$work/custom_array/custom_array" "$golden" "$examples/custom_array/edge.toml" "$work/edge.program"
"$work/prefix/bin/colcomb" inspect "$work/edge.program" | grep -q "16 x 8"

# The same program by pkg-config.
if [ -z "$flags" ] && command -v pkg-config >/dev/null; then
  pc=$(find "$work/prefix" -name colcomb.pc)
  export PKG_CONFIG_PATH=${pc%/*}
  # shellcheck disable=SC2046
  c++ -std=c++20 "$examples/inference/main.cpp" -o "$work/classify" \
    $(pkg-config --define-variable=prefix="$work/prefix" --cflags --libs colcomb)
  expect inference "$work/classify" "$work/network.packed" "$work/image"
fi

if [ -n "$python" ]; then
  module=$(find "$work/prefix" -path '*-packages/colcomb/__init__.py')
  export PYTHONPATH=${module%/colcomb/__init__.py}
  expect python "$python" -B "$examples/python/first_steps.py" "$golden"
fi

[ "$torch" = ON ] || exit 0
"$work/prefix/bin/colcomb" train --help | grep -q save-path
lines=$(wc -l <"$examples/whole_way/main.cpp")
[ "$lines" -le 40 ] || { echo "examples/whole_way/main.cpp has $lines lines, more than 40"; exit 1; }
build_project "$examples/whole_way" "$work/whole_way"
mkdir "$work/run"
answer=$("$work/whole_way/whole_way" "$work/run" 0.1)
echo "$answer"
[[ "$answer" =~ ^top-1\ 0\.[4-9][0-9]+\ of\ 10000\ images,\ one\ image\ every\ [0-9]{4,6}\ clocks$ ]] ||
  { echo "whole_way printed something else"; exit 1; }
