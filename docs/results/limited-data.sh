#!/usr/bin/env bash
# Column combining with part of the training images, from a pretrained network and from new weights, on Fashion-MNIST:
# eight epochs on each fraction, then ten times as many on a tenth. Goes on where it was stopped.
# usage: limited-data.sh COLCOMB OUT_FOLDER
set -euo pipefail
colcomb=$1 out=$2
experiment() {
  "$colcomb" experiment limited-data --dataset fashion-mnist --aug - --filters 24 64 128 --layers 1 2 2 --strides 1 2 2 \
    --groups 8 8 8 --reshape-stride 2 --gamma 1.75 --l1-penalty 1e-7 --batch-size 64 "$@"
}
experiment --epochs 8 --out "$out/fractions"
experiment --epochs 80 --fractions 10 --load-path "$out/fractions/runs/dense.ckpt" --out "$out/longer"
