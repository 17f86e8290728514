#!/bin/bash
#SBATCH --job-name=colcomb-explore
#SBATCH --cpus-per-task=4
#SBATCH --requeue
# A worker of an exploration for each job of the array, on a folder that all hosts share:
#   sbatch --array=1-16%4 slurm.sh SPEC FOLDER
# A job that is cut off or requeued goes on where it was.
set -euo pipefail
spec=$1 folder=$2
exec colcomb explore --spec "$spec" --out "$folder" --threads "${SLURM_CPUS_PER_TASK:-1}" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
