#!/usr/bin/env bash
# Installs the ONNX Runtime that package-lock.json names below FOLDER, once. Exit status 77, which
# ctest counts as skipped, where there is no node or npm, or no package registry.
# usage: install_runtime.sh FOLDER
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$source/../../cmake/install_node_modules.sh" "$source" "$1"
rm -rf "$1"/node_modules/onnxruntime-node/bin/*/{darwin,win32}
