#!/usr/bin/env bash
# Installs the ONNX Runtime that package-lock.json names below FOLDER, once. Exit status 77, which
# ctest counts as skipped, where there is no node or npm, or no package registry.
# usage: install_runtime.sh FOLDER
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "skipped: node and npm are needed"
  exit 77
fi
mkdir -p "$folder"
if [ -f "$folder/installed" ] && cmp -s "$source/package-lock.json" "$folder/installed"; then
  exit 0
fi
rm -f "$folder/installed"
cp "$source/package.json" "$source/package-lock.json" "$folder"
# Without scripts: the package's own would fetch GPU libraries from elsewhere.
if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund; then
  echo "skipped: npm could not install ONNX Runtime"
  exit 77
fi
rm -rf "$folder"/node_modules/onnxruntime-node/bin/*/{darwin,win32}
cp "$source/package-lock.json" "$folder/installed"
