#!/usr/bin/env bash
# What the grouping policy is worth in accuracy at equal packed size: short CIFAR-10 runs, three seeds per
# policy. usage: grouping-ablation.sh COLCOMB CIFAR10_ROOT OUT_FOLDER
set -euo pipefail
colcomb=$1 root=$2 out=$3
mkdir -p "$out"
for seed in 1 2 3; do
  for policy in dense-first pairwise search; do
    name=$out/$policy-$seed
    [ -f "$name.done" ] && continue
    "$colcomb" train --dataset cifar10 --dataset-root "$root" --aug + --reshape-stride 2 \
      --filters 32 64 128 --layers 2 2 2 --strides 1 2 2 --groups 8 8 8 --gamma 1.75 --lr 0.1 \
      --l1-penalty 1e-7 --batch-size 128 --epochs 6 --threads 1 --policy "$policy" --seed "$seed" \
      --save-path "$name.ckpt" --force > "$name.log"
    touch "$name.done"
  done
done
echo "policy seed test_top1 validation_top1 nonzeros packed_macs utilization retained_magnitude regrouped"
for seed in 1 2 3; do
  for policy in dense-first pairwise search; do
    tail -1 "$out/$policy-$seed.history.csv" |
      awk -F, -v p="$policy" -v s="$seed" '{print p, s, $7, $5, $9, $10, $11, $12, $13}'
  done
done
