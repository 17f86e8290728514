#!/usr/bin/env bash
# The paper's example: a 96 x 94 layer pruned to 16% nonzeros. Trains a network that has one (its
# block2.layer1) on Fashion-MNIST, with and without filling empty cells, and prints that layer.
# usage: paper-layer.sh COLCOMB OUT_FOLDER
set -euo pipefail
colcomb=$1 out=$2
for fill in - +; do
  "$colcomb" run --threads 1 --dataset fashion-mnist --filters 94 96 --layers 1 2 --strides 1 2 --groups 8 8 \
    --prune-rate 0.91 --gamma 0.5 --epochs 4 --fill-empty-cells $fill --out "$out/fill$fill" \
    >"$out-fill$fill.log"
  echo "fill-empty-cells $fill:"
  grep -E '^(layer|block2.layer1) |top-1' "$out-fill$fill.log"
done
