#!/usr/bin/env bash
# All test images of a data set through ONNX Runtime: are the logits the packed network's? Skips where the
# data set or ONNX Runtime is not to be had.
# usage: onnx.sh BUILD_FOLDER NET.packed DATASET DATASET_ROOT
set -euo pipefail
build=$1 network=$2 dataset=$3 root=$4
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tests/onnx" && pwd)
if [ ! -d "$root" ]; then
  echo "skipped: no folder $root"
  exit 0
fi
installed=0
bash "$tests/install_runtime.sh" "$build/onnxruntime" || installed=$?
[ "$installed" -eq 77 ] && exit 0
[ "$installed" -eq 0 ] || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/tests/onnx/onnx_write_case" "$network" "$dataset" "$root" 0 "$work/case"
node "$tests/check_logits.js" "$build/onnxruntime" "$work/case"
