#!/usr/bin/env bash
# Clocks of five networks with one port per memory bank and with as many as could be used
# (simulation.md, "What real memories cost"). Three networks are trained on a few per cent of their
# data: clocks depend on what was pruned and packed alone.
# usage: ports.sh COLCOMB CIFAR10_ROOT OUT_FOLDER
set -euo pipefail
colcomb=$1 root=$2 out=$3
mkdir -p "$out"
cifar=(--dataset cifar10 --dataset-root "$root")
train() {  # name flags...
  local name=$1
  shift
  "$colcomb" train "$@" --threads 1 --l1-penalty 1e-7 --save-path "$out/$name.ckpt" --force >"$out/$name.log"
}
"$colcomb" run --out "$out/fashion" >"$out/fashion.log"
"$colcomb" run "${cifar[@]}" --recipe best --precision bf16 --epochs 10 --filters 32 64 128 --layers 2 2 2 \
  --strides 1 2 2 --reshape-stride 1 --threads 1 --out "$out/cifar10-small" >"$out/cifar10-small.log"
train lenet5 --dataset fashion-mnist --model lenet5-shift --aug - --gamma 0.5 --epochs 2 --sample-ratio 0.05 \
  --batch-size 128
"$colcomb" quantize "$out/lenet5.ckpt" --out "$out/lenet5.packed" --calibration-images 50 --dataset fashion-mnist
train resnet20 "${cifar[@]}" --model resnet20-shift --width 6 --gamma 0.5 --epochs 2 --sample-ratio 0.01 --batch-size 64
"$colcomb" quantize "$out/resnet20.ckpt" --out "$out/resnet20.packed" --calibration-images 20 "${cifar[@]}"
train cifar10 "${cifar[@]}" --filters 128 256 512 --layers 6 6 6 --strides 1 2 2 --groups 1 4 8 --gamma 1.75 \
  --epochs 2 --sample-ratio 0.005 --batch-size 64
"$colcomb" quantize "$out/cifar10.ckpt" --out "$out/cifar10.packed" --calibration-images 10 "${cifar[@]}"
for network in fashion/network cifar10-small/network lenet5 resnet20 cifar10; do
  for ports in "" --ideal; do
    echo "$network $ports: $("$colcomb" simulate "$out/$network.packed" --array 32x32 --images 0 $ports | grep latency)"
  done
done
