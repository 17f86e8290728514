#!/usr/bin/env bash
# Accuracy by training recipe at equal packed size, CIFAR-10, ten epochs.
#   recipe.sh ablation COLCOMB CIFAR_ROOT OUT   one change at a time, judged on a tenth of the training split
#   recipe.sh final COLCOMB CIFAR_ROOT OUT      --recipe best, three seeds, all training images, test split
set -euo pipefail
mode=$1 colcomb=$2 root=$3 out=$4
mkdir -p "$out"
network=(--dataset cifar10 --dataset-root "$root" --input-size 32 --n-class 10 --filters 32 64 128
         --layers 2 2 2 --strides 1 2 2 --groups 1 4 8 --gamma 1.75 --l1-penalty 1e-7 --epochs 10)

train() {  # name flags...
  local name=$1
  shift
  [ -f "$out/$name.done" ] && return
  "$colcomb" train "${network[@]}" --save-path "$out/$name.ckpt" --resume "$@" | tail -n 2
  touch "$out/$name.done"
}

case $mode in
  ablation)
    held=(--validation-ratio 0.1)
    plain=(--lr 0.1 --batch-size 128)
    train reference "${held[@]}" "${plain[@]}" --aug +
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
    ;;
  final)
    for seed in 1 2 3; do
      train "best-$seed" --recipe best --seed "$seed"
      train "integers-$seed" --recipe best --seed "$seed" --qat-epochs 1
    done
    for run in "$out"/best-?.ckpt "$out"/integers-?.ckpt; do
      "$colcomb" quantize "$run" --out "${run%.ckpt}.packed" --dataset cifar10 --dataset-root "$root"
      echo "$run"
      "$colcomb" eval "$run" --packed "${run%.ckpt}.packed" --dataset cifar10 --dataset-root "$root"
    done
    ;;
  *)
    echo "recipe.sh: $mode is neither ablation nor final" >&2
    exit 2
    ;;
esac
