#!/usr/bin/env bash
# Accuracy by training recipe at equal packed size, CIFAR-10, ten epochs.
#   recipe.sh ablation COLCOMB CIFAR_ROOT OUT   one change at a time, judged on a tenth of the training split
#   recipe.sh final COLCOMB CIFAR_ROOT OUT      --recipe best, three seeds, all training images, test split
set -euo pipefail
mode=$1 colcomb=$2 root=$3 out=$4
mkdir -p "$out"
data=(--dataset cifar10 --dataset-root "$root")
network=("${data[@]}" --input-size 32 --n-class 10 --filters 32 64 128 --layers 2 2 2 --strides 1 2 2
         --groups 1 4 8 --gamma 1.75 --l1-penalty 1e-7 --epochs 10)
tune=("${data[@]}" --keep-combined --schedule none --batch-size 64)

run() {  # name flags...: trains unless that was done before
  local name=$1
  shift
  [ -f "$out/$name.done" ] && return
  "$colcomb" train --save-path "$out/$name.ckpt" --resume "$@" | tail -n 2
  touch "$out/$name.done"
}
train() {  # name flags...
  run "$1" "${network[@]}" "${@:2}"
}
integers() {  # name [int8|pow2]: the integer network's accuracy on the test split
  local packed=$out/$1-${2:-int8}.packed
  "$colcomb" quantize "$out/$1.ckpt" --weights "${2:-int8}" --out "$packed" "${data[@]}" >/dev/null
  echo "$1, ${2:-int8}"
  "$colcomb" eval "$packed" "${data[@]}"
}

case $mode in
  ablation)
    held=(--validation-ratio 0.1)
    plain=(--lr 0.1 --batch-size 128)
    train reference "${held[@]}" "${plain[@]}" --aug +
    integers reference
    for lr in 0.0003 0.001 0.003; do
      run "reference-tuned-$lr" "${tune[@]}" "${held[@]}" --load-path "$out/reference.ckpt" --epochs 1 \
        --qat-epochs 1 --lr "$lr" --aug -
      integers "reference-tuned-$lr"
    done
    train crop2 "${held[@]}" "${plain[@]}" --aug + --crop-padding 2
    train no-aug "${held[@]}" "${plain[@]}" --aug -
    small=(--lr 0.1 --batch-size 64)
    train no-aug-64 "${held[@]}" "${small[@]}" --aug -
    train flips-64 "${held[@]}" "${small[@]}" --aug + --crop-padding 0
    train until-0.3 "${held[@]}" "${small[@]}" --aug - --prune-until 0.3
    train dense "${held[@]}" "${small[@]}" --aug - --schedule none
    train teacher "${held[@]}" "${small[@]}" --aug - --teacher "$out/dense.ckpt"
    train nesterov "${held[@]}" "${small[@]}" --aug - --nesterov + --warm-up 0.5
    train batch-32 "${held[@]}" --lr 0.05 --batch-size 32 --aug -
    train decay "${held[@]}" "${small[@]}" --aug - --wd 3e-4
    flips=("${held[@]}" "${small[@]}" --aug + --crop-padding 0)  # the recipe
    train smoothing-0.1 "${flips[@]}" --label-smoothing 0.1
    train mixup-0.2 "${flips[@]}" --mixup 0.2
    train cutout-8 "${flips[@]}" --cutout 8
    train average-0.99 "${flips[@]}" --average-decay 0.99
    ;;
  final)
    for seed in 1 2 3; do
      train "best-$seed" --aug + --lr 0.1 --recipe best --seed "$seed"
      integers "best-$seed"
      run "tuned-$seed" "${tune[@]}" --load-path "$out/best-$seed.ckpt" --epochs 1 --qat-epochs 1 \
        --lr 0.005 --aug + --crop-padding 0 --seed "$seed"
      integers "tuned-$seed"
      train "bf16-$seed" --aug + --lr 0.1 --recipe best --precision bf16 --seed "$seed"
      integers "bf16-$seed"
    done
    integers best-1 pow2
    run powers "${tune[@]}" --load-path "$out/best-1.ckpt" --epochs 3 --qat-epochs 3 --weights pow2 \
      --lr 0.02 --aug + --crop-padding 0
    integers powers pow2
    ;;
  *)
    echo "recipe.sh: $mode is neither ablation nor final" >&2
    exit 2
    ;;
esac
