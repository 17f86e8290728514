#!/usr/bin/env bash
# Tests check_house.sh: a small tree that keeps every rule passes; each change that breaks one rule
# fails with the line that names it. usage: check_house_test.sh
set -euo pipefail
check=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/check_house.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fresh_tree() {
  rm -rf "$work/tree"
  mkdir -p "$work/tree"/{colcomb/{base,artifacts,network,report},tests}
  cd "$work/tree"
  cat >ARCHITECTURE.md <<'LIST'
<!-- arrows -->

- `base`: checks. Includes no room.
- `artifacts`: structs, with an explanation that goes on in
  a second line. Includes `base`.
- `network`: modules. Includes `artifacts`.
- `report`: tables, and `quoted` words. Includes `artifacts`,
  `base`.

<!-- end arrows -->
LIST
  echo '#include <vector>' >colcomb/base/check.hpp
  echo '#include "colcomb/base/check.hpp"' >colcomb/artifacts/matrix.hpp
  printf '#include <torch/torch.h>\n#include "colcomb/artifacts/matrix.hpp"\n' >colcomb/network/cnn.cpp
  printf '#include "colcomb/artifacts/matrix.hpp"\n#include "colcomb/base/check.hpp"\n' >colcomb/report/table.cpp
  echo '#include "matrix_generated.h"' >colcomb/artifacts/file.cpp
  echo '#include "tests/support/oracle.hpp"' >colcomb/report/table_test.cpp
  seq -f '// line %g' 600 >tests/long_test.cpp
  printf '%0100d\n' 0 >tests/wide.sv
}

failures=0
expect_fault() {  # expected line of the output; the tree has been changed before
  local output
  if output=$("$BASH" "$check" "$work/tree"); then
    echo "accepted what it must refuse with: $1"
    failures=$((failures + 1))
  elif [ "$output" != "$1" ]; then
    printf 'expected: %s\nprinted:  %s\n' "$1" "$output"
    failures=$((failures + 1))
  fi
  fresh_tree
}

fresh_tree
"$BASH" "$check" "$work/tree" || { echo "refused a tree without faults"; failures=1; }

echo '#include "colcomb/report/table.hpp"' >colcomb/artifacts/upward.cpp
expect_fault 'colcomb/artifacts/upward.cpp: artifacts may not include report'
echo '#include "colcomb/base/check.hpp"' >colcomb/network/through.cpp  # reached by way of artifacts
expect_fault 'colcomb/network/through.cpp: network may not include base'
for kind in hpp inl def h; do
  echo '  #  include "colcomb/report/table.hpp"' >"colcomb/base/hidden.$kind"
  expect_fault "colcomb/base/hidden.$kind: base may not include report"
done
echo '#include "../report/table.hpp"' >colcomb/base/relative.cpp
expect_fault 'colcomb/base/relative.cpp: "../report/table.hpp" does not begin at the root of the repository'
echo '#include "table.inl"' >colcomb/report/relative.cpp
expect_fault 'colcomb/report/relative.cpp: "table.inl" does not begin at the root of the repository'
echo '#include "tests/support/oracle.hpp"' >colcomb/report/product.cpp
expect_fault 'colcomb/report/product.cpp: product code may not include tests/support/oracle.hpp'
echo '#include <ATen/ATen.h>' >colcomb/report/torch.cpp
expect_fault 'colcomb/report/torch.cpp: LibTorch outside network and training'
mkdir colcomb/attic
expect_fault 'colcomb/attic: no entry in ARCHITECTURE.md'
echo '' >colcomb/artifacts/matrix.hpp
expect_fault 'ARCHITECTURE.md: artifacts does not include base'
echo '// line' >>tests/long_test.cpp
expect_fault 'tests/long_test.cpp: 601 lines; at most 600'
echo '#!/usr/bin/env bash' >tests/script.sh
expect_fault 'tests/script.sh: not executable, though it begins with #!'
printf '%0101d\n' 0 >>tests/wide.sv
expect_fault 'tests/wide.sv:2: over 100 columns'

[ "$failures" -eq 0 ] || exit 1
