#!/usr/bin/env bash
# Gathers what a build on a machine without packages needs, about 3 MB: the header-only packages and
# zlib's headers as this machine's compiler finds them, and the headers generated from the schemas.
# usage: carry.sh REPOSITORY BUILD_FOLDER FOLDER (BUILD_FOLDER: has built colcomb_artifacts_generated)
set -euo pipefail
repository=$1 build=$2 folder=$3
generated=$build/colcomb/artifacts/generated
if [ -e "$folder" ] && [ ! -e "$folder/generated/network.fbs" ]; then
  echo "carry: $folder exists and is no folder of this kind" >&2
  exit 1
fi

path_of() {  # header as included; fails if there is none
  local read path
  read=$(echo "#include <$1>" | c++ -std=c++20 -M -x c++ -)
  for path in $read; do
    [[ $path == */"$1" ]] && { echo "$path"; return; }
  done
  echo "carry: the compiler finds no $1" >&2
  return 1
}

rm -rf "$folder.part"
mkdir -p "$folder.part/include" "$folder.part/generated"
for header in fmt/format.h nlohmann/json.hpp flatbuffers/flatbuffers.h CLI/CLI.hpp toml++/toml.h; do
  path=$(path_of "$header")
  cp -rL "$(dirname "$path")" "$folder.part/include/"
done
for header in zlib.h zconf.h; do
  path=$(path_of "$header")
  cp -L "$path" "$folder.part/include/"
done
cp "$repository"/colcomb/artifacts/schema/*.fbs "$folder.part/generated/"
for schema in "$repository"/colcomb/artifacts/schema/*.fbs; do
  cp "$generated/$(basename "$schema" .fbs)_generated.h" "$folder.part/generated/"
done
rm -rf "$folder"
mv "$folder.part" "$folder"
