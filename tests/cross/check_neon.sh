#!/usr/bin/env bash
# Compiles the inference room for 64-bit ARM and runs its kernels in emulation against the reference.
# Exit status 77 (skipped) without the compiler or the emulator. usage: check_neon.sh REPOSITORY
# WORK_FOLDER
set -euo pipefail
repository=$1
work=$2
compiler=aarch64-linux-gnu-g++
for tool in "$compiler" qemu-aarch64; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool (packages g++-aarch64-linux-gnu, qemu-user)"; exit 77; }
done
mkdir -p "$work/include"
# fmt's headers alone: the rest of /usr/include is for this processor.
ln -sfn /usr/include/fmt "$work/include/fmt"
cd "$repository"
sources=(
  colcomb/base/{error,random,thread_pool,threads}.cpp
  colcomb/artifacts/{column_groups,conv_groups,filter_matrix,network_description,printable,quantized_network}.cpp
  colcomb/semantics/integer_run.cpp
  colcomb/semantics/reshape.cpp
  colcomb/inference/{arrangement,avx2_kernel,avx512_kernel,engine,kernel,neon_kernel,plan,portable_kernel,worker}.cpp
  tests/cross/kernels_main.cpp
)
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} sh -c \
  "$compiler -std=c++20 -O2 -Wall -Wextra -Wshadow -Wold-style-cast -Werror -ffunction-sections \
   -DFMT_HEADER_ONLY -I. -isystem $work/include -c {} -o $work/\$(basename {} .cpp).o"
# Files are not read here: what does so is left out, and with it FlatBuffers and zlib.
"$compiler" -static -Wl,--gc-sections "$work"/*.o -o "$work/kernels"
expect() {  # processor, kernel, present?
  local output
  output=$(qemu-aarch64 -cpu "$1" "$work/kernels") || { echo "$output"; exit 1; }
  echo "$1: $output"
  if grep -q " $2 " <<<"$output"; then [ "$3" = yes ]; else [ "$3" = no ]; fi ||
    { echo "$1: kernel $2 should be listed: $3"; exit 1; }
}
expect max neon_dot yes
expect cortex-a72 neon_dot no
expect cortex-a72 neon yes
