#!/usr/bin/env bash
# Trains two networks for an epoch, writes their machines with `colcomb rtl` for arrays up to 32 x 32
# and runs each folder's test bench in Verilator on training images.
# usage: networks.sh COLCOMB FOLDER
set -euo pipefail
colcomb=$1 folder=$2
mkdir -p "$folder"
if [ ! -f "$folder/fashion.packed" ]; then
  "$colcomb" run --epochs 1 --out "$folder/run"
  cp "$folder/run/network.packed" "$folder/fashion.packed"
fi
if [ ! -f "$folder/lenet5.packed" ]; then
  "$colcomb" train --dataset fashion-mnist --model lenet5-shift --epochs 1 --save-path "$folder/lenet5.ckpt"
  "$colcomb" quantize "$folder/lenet5.ckpt" --dataset fashion-mnist --out "$folder/lenet5.packed"
fi
for network in fashion lenet5; do
  for array in 4x4 16x16 32x32; do
    echo "== $network on $array"
    "$colcomb" rtl "$folder/$network.packed" --array "$array" --out "$folder/$network-$array"
    "$folder/$network-$array/run_verilator.sh"
  done
done
