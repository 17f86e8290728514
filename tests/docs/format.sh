#!/usr/bin/env bash
# Formats the repository's Markdown files with Prettier, prose wrapped at 100 columns, or checks that
# they are formatted and that no line is longer (a table whose cells do not fit, say). Exit status 77,
# which ctest counts as skipped, where Prettier cannot be installed; it is kept below FOLDER.
# usage: format.sh --check|--write FOLDER
set -euo pipefail
mode=$1 folder=$2
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
"$source/../../cmake/install_node_modules.sh" "$source" "$folder"
folder=$(realpath "$folder")
cd "$source/../.."
mapfile -t files < <(git ls-files '*.md')
[ ${#files[@]} -gt 0 ] || { echo "no Markdown file is under version control"; exit 1; }
status=0
"$folder/node_modules/.bin/prettier" "$mode" --log-level warn --prose-wrap always --print-width 100 \
  "${files[@]}" || status=1
if LC_ALL=C.UTF-8 grep -nP '^(?!    ).{101,}' "${files[@]}"; then  # programs' output is quoted as it is
  echo "the lines above have more than 100 columns"
  status=1
fi
[ "$status" -eq 0 ] || echo "./dev format formats what can be"
exit "$status"
