#!/usr/bin/env bash
# Configures the preset `training` as on a machine that has LibTorch and a compiler alone, with the
# headers that cmake/carry.sh gathers. Where this system lets it, the packages' own headers and flatc
# are hidden for the compiler too. Then builds TARGETS, by default two objects; with
# `colcomb` among them, the command trains and a checkpoint is read by READER, another build's.
# usage: check_training_build.sh CMAKE REPOSITORY BUILD_FOLDER [WORK_FOLDER [READER TARGET ...]]
# (BUILD_FOLDER: a build that has made colcomb_artifacts_generated)
set -euo pipefail
case ${1:-} in
  hidden | seen) packages=$1 ;;  # called by itself
  *)
    here=$(realpath "$0")
    if unshare -rm true 2>/dev/null; then exec unshare -rm "$here" hidden "$@"; fi
    echo "unshare does not work here: only CMake is kept from the packages"
    exec "$here" seen "$@"
    ;;
esac
cmake=$2 repository=$3 build=$4 work=${5:-} reader=${6:-}
targets=("${@:7}")
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/libtorch/include" "$work/libtorch/lib" "$work/nothing"
: >"$work/nothing.h"
"$repository/cmake/carry.sh" "$repository" "$build" "$work/carried"

# LibTorch alone, as Python's torch has it: Debian's lies among all other headers.
for part in torch ATen c10 caffe2; do ln -sfn "/usr/include/$part" "$work/libtorch/include/$part"; done
for part in torch torch_cpu c10; do
  ln -sfn "/usr/lib/$(gcc -print-multiarch)/lib$part.so" "$work/libtorch/lib/lib$part.so"
done

if [ "$packages" = hidden ]; then  # in a mount namespace of its own
  for part in CLI flatbuffers fmt gloo google libpng16 nlohmann onnx toml++; do
    [ -d "/usr/include/$part" ] && mount --bind "$work/nothing" "/usr/include/$part"
  done
  for part in /usr/include/{png,turbojpeg,zlib,zconf}.h /usr/bin/flatc; do
    [ -e "$part" ] && mount --bind "$work/nothing.h" "$part"
  done
fi

disabled=()
for package in CLI11 FlatBuffers Flatbuffers GTest ONNX PNG PkgConfig Protobuf Torch ZLIB flatbuffers fmt \
               nlohmann_json rapidcheck tomlplusplus; do
  disabled+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON")
done
cd "$repository"
configure() {  # build folder, carried folder
  "$cmake" --preset training -B "$1" -DCOLCOMB_CARRIED_DIR="$2" \
    -DCOLCOMB_LIBTORCH_DIR="$work/libtorch" -DCOLCOMB_WARNINGS_AS_ERRORS=ON --no-warn-unused-cli \
    "${disabled[@]}" >"$work/configure.log" 2>&1
}
configure "$work/build" "$work/carried" || { cat "$work/configure.log"; exit 1; }

# A folder of other schemas, which would read and write other files.
rm -rf "$work/stale"
cp -r "$work/carried" "$work/stale"
echo "// changed" >>"$work/stale/generated/network.fbs"
if configure "$work/stale_build" "$work/stale"; then echo "other schemas were taken"; exit 1; fi
grep -q "make the folder anew" <(tr -s ' \n' ' ' <"$work/configure.log") ||
  { cat "$work/configure.log"; exit 1; }

[ ${#targets[@]} -gt 0 ] || targets=(
  colcomb/base/CMakeFiles/colcomb_base.dir/gzip.cpp.o
  colcomb/artifacts/CMakeFiles/colcomb_artifacts.dir/packed_network_file.cpp.o)
"$cmake" --build "$work/build" --target "${targets[@]}"
[[ " ${targets[*]} " == *" colcomb "* ]] || exit 0

# What the build has, what it says of what it lacks, and a checkpoint that another build reads.
colcomb=$work/build/colcomb/cli/colcomb
refused() {  # text arguments ...
  local said
  said=$("$colcomb" "${@:2}" 2>&1) && { echo "succeeded: $*"; exit 1; }
  [[ $said == *"$1"* ]] || { echo "colcomb ${*:2} said: $said"; exit 1; }
}
"$colcomb" --version | grep '^without ONNX.*pictures.*workers'
refused COLCOMB_WITH_ONNX import model.onnx --out x
refused COLCOMB_WITH_ONNX export x --onnx y
refused COLCOMB_WITH_PICTURES train --dataset folder --dataset-root "$work" --save-path "$work/x"
RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29517 LOCAL_RANK=0 \
  refused COLCOMB_WITH_WORKERS train --save-path "$work/x"
"$colcomb" train --dataset fashion-mnist --epochs 2 --filters 8 16 --layers 1 1 --strides 2 2 \
  --groups 8 8 --reshape-stride 2 --force --save-path "$work/net.ckpt"
"$reader" inspect "$work/net.ckpt" | sed -n 1,8p
"$reader" eval "$work/net.ckpt" --dataset fashion-mnist
"$colcomb" eval "$work/net.ckpt" --dataset fashion-mnist
