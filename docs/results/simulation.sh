#!/usr/bin/env bash
# What column combining gains on the simulated array, for four networks of ours. Trains three of them briefly
# (their accuracy is not the point: clocks depend on what was pruned and packed alone) and simulates them.
# usage: simulation.sh COLCOMB CIFAR10_ROOT CONFIGS_FOLDER OUT_FOLDER
set -euo pipefail
colcomb=$1 root=$2 configs=$3 out=$4
mkdir -p "$out"
cifar=(--dataset cifar10 --dataset-root "$root")
train() {  # name flags...
  local name=$1
  shift
  [ -f "$out/$name.packed" ] && return
  "$colcomb" train "$@" --threads 1 --l1-penalty 1e-7 --save-path "$out/$name.ckpt" --force >"$out/$name.log"
}
quantize() {  # name flags...
  local name=$1
  shift
  [ -f "$out/$name.packed" ] ||
    "$colcomb" quantize "$out/$name.ckpt" --out "$out/$name.packed" --calibration-images 100 "$@"
}
[ -f "$out/fashion/network.packed" ] || "$colcomb" run --out "$out/fashion" >"$out/fashion.log"
train lenet5 --dataset fashion-mnist --model lenet5-shift --aug - --gamma 0.5 --epochs 4 --batch-size 128
quantize lenet5 --dataset fashion-mnist
train resnet20 "${cifar[@]}" --model resnet20-shift --width 6 --gamma 0.5 --epochs 4 --sample-ratio 0.03 --batch-size 64
quantize resnet20 "${cifar[@]}"
train cifar10 "${cifar[@]}" --filters 128 256 512 --layers 6 6 6 --strides 1 2 2 --groups 1 4 8 --gamma 1.75 \
  --epochs 4 --sample-ratio 0.02 --batch-size 64
quantize cifar10 "${cifar[@]}"
simulate() {  # packed network, data flags...
  local network=$1
  shift
  echo "== $network"
  "$colcomb" simulate "$network" --array "$configs/mx-32x32.toml" --images 16 --baselines "$@"
}
simulate "$out/fashion/network.packed" --dataset fashion-mnist --engine both
simulate "$out/lenet5.packed" --dataset fashion-mnist --engine both
simulate "$out/resnet20.packed" "${cifar[@]}"
simulate "$out/cifar10.packed" "${cifar[@]}"
for side in 16 8; do
  sed "s/^rows = 32 /rows = $side /; s/^columns = 32 /columns = $side /" "$configs/mx-32x32.toml" >"$out/mx-$side.toml"
  echo "== $out/lenet5.packed, $side x $side"
  "$colcomb" simulate "$out/lenet5.packed" --array "$out/mx-$side.toml" --images 0 --baselines
done
