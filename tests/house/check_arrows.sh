#!/usr/bin/env bash
# Checks that every room includes only what ARCHITECTURE.md's table lets it include, directly or
# through a room it may include. usage: check_arrows.sh REPOSITORY
set -euo pipefail
cd "$1"
declare -A allowed
while IFS='|' read -r _ room _ arrows _; do
  allowed[${room//[\` ]/}]=${arrows//[\`,-]/ }
done < <(sed -n '/<!-- arrows -->/,/<!-- end arrows -->/p' ARCHITECTURE.md | grep '^| `')
[ ${#allowed[@]} -gt 5 ] || { echo "ARCHITECTURE.md has no table of arrows"; exit 1; }

reaches() {  # room, target: may `room` include `target`?
  [ "$1" = "$2" ] && return 0
  local next
  for next in ${allowed[$1]:-}; do reaches "$next" "$2" && return 0; done
  return 1
}

bad=0
while IFS=: read -r file _ include; do
  room=${file#colcomb/}
  room=${room%%/*}
  target=${include#*\"colcomb/}
  target=${target%%/*}
  if [ -z "${allowed[$room]+x}" ]; then
    echo "$file: the room $room is not in ARCHITECTURE.md's table"; bad=1
  elif ! reaches "$room" "$target"; then
    echo "$file: $room may not include $target"; bad=1
  fi
done < <(grep -rnE '^#include "colcomb/' colcomb --include='*.cpp' --include='*.hpp')
torch=$(grep -rlE '^#include [<"](torch|ATen|c10)/' colcomb --include='*.cpp' --include='*.hpp' |
        grep -vE '^colcomb/(network|training)/' || true)
[ -z "$torch" ] || { echo "LibTorch outside network and training: $torch"; bad=1; }
exit $bad
