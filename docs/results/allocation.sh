#!/usr/bin/env bash
# Combining for an array against the paper's uniform alpha (allocation.md).
#   allocation.sh importance COLCOMB CIFAR_ROOT OUT   which importance, judged on held-out training images
#   allocation.sh cifar COLCOMB CIFAR_ROOT OUT        uniform alpha and fit, three seeds, test split
#   allocation.sh wide COLCOMB CIFAR_ROOT OUT         uniform alpha and budget on a wider network
#   allocation.sh frontier COLCOMB CIFAR_ROOT OUT     accuracy against clocks, Fashion-MNIST and CIFAR-10
#   allocation.sh magnitude COLCOMB CIFAR_ROOT OUT    the same pruning without combining, Fashion-MNIST
set -euo pipefail
mode=$1 colcomb=$2 root=$3 out=$4
mkdir -p "$out"
cifar=(--dataset cifar10 --dataset-root "$root" --recipe best --precision bf16
       --filters 32 64 128 --layers 2 2 2 --strides 1 2 2 --reshape-stride 1)

run() {  # name flags...: a whole run, which goes on where it was cut short
  local name=$1
  shift
  "$colcomb" run "${cifar[@]}" --threads 1 --out "$out/$name" "$@" |
    grep -E 'epoch 10/10|top-1 accuracy|one image every' | sed "s/^/$name: /"
}

case $mode in
  importance)
    for seed in 1 2 3; do
      for importance in magnitude square taylor fisher; do
        run "$importance-$seed" --epochs 10 --seed $seed --importance $importance \
          --validation-ratio 0.1
      done
    done
    ;;
  cifar)
    for seed in 1 2 3; do
      run "uniform-$seed" --epochs 10 --seed $seed --fit - --groups 1 4 8
      run "fit-$seed" --epochs 10 --seed $seed
    done
    ;;
  wide)
    "$colcomb" experiment frontier --dataset cifar10 --dataset-root "$root" --recipe best \
      --precision bf16 --filters 64 128 256 --layers 2 2 2 --strides 1 2 2 --reshape-stride 2 \
      --epochs 3 --array 32x32 --threads 1 --arms uniform budget --alphas 1 2 4 8 --out "$out/wide"
    ;;
  frontier)
    arms=(--arms uniform budget thin)
    "$colcomb" experiment frontier --dataset fashion-mnist --aug - --batch-size 128 \
      --l1-penalty 1e-7 --epochs 3 --array 16x16 --threads 1 \
      "${arms[@]}" --out "$out/fashion-mnist"
    "$colcomb" experiment frontier "${cifar[@]}" --epochs 3 --array 16x16 --threads 1 \
      "${arms[@]}" --out "$out/cifar10"
    ;;
  magnitude)
    "$colcomb" experiment frontier --dataset fashion-mnist --aug - --batch-size 128 \
      --l1-penalty 1e-7 --epochs 3 --array 16x16 --threads 1 --arms budget magnitude \
      --out "$out/magnitude"
    ;;
  *)
    echo "usage: allocation.sh importance|cifar|wide|frontier|magnitude COLCOMB CIFAR_ROOT OUT" >&2
    exit 2
    ;;
esac
