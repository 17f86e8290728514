#!/usr/bin/env bash
# Installs a build into a folder of its own, builds the consumer project and the example against it
# and runs them.
# usage: check_install.sh CMAKE BUILD_FOLDER CONSUMER_SOURCE EXAMPLE_SOURCE CXX_FLAGS
set -euo pipefail
cmake=$1 build=$2 consumer=$3 example=$4 flags=$5
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

# The worked example of docs/reference/quantization.md, computed there by hand.
"$work/build/write_network" "$work/network.packed" "$work/image"
answer=$("$work/example/classify" "$work/network.packed" "$work/image")
[ "$answer" = "class 0, logit 11525" ] || { echo "classify printed: $answer"; exit 1; }
