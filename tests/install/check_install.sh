#!/usr/bin/env bash
# Installs a build into a folder of its own, builds the consumer project against it and runs it.
# usage: check_install.sh CMAKE BUILD_FOLDER CONSUMER_SOURCE CXX_FLAGS
set -euo pipefail
cmake=$1 build=$2 consumer=$3 flags=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --prefix "$work/prefix" >/dev/null
"$cmake" -S "$consumer" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_CXX_FLAGS="$flags" >/dev/null
"$cmake" --build "$work/build"
"$work/build/consumer"
"$work/prefix/bin/colcomb" --version
