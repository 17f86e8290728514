#!/usr/bin/env bash
# Makes a wheel of a build, installs it in an empty virtual environment, uses it there and removes it.
# usage: check_wheel.sh PYTHON SOURCE BUILD_FOLDER
set -euo pipefail
python=$1 source=$2 build=$3
for module in pip setuptools wheel venv; do
  "$python" -c "import $module" 2>/dev/null ||
    { echo "skipped: this Python has no $module (Debian: python3-$module)"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
unset PYTHONPATH

# setuptools writes beside its sources.
mkdir "$work/source"
cp -r "$source/python" "$source/CMakeLists.txt" "$work/source"
COLCOMB_BUILD_DIR=$build "$python" -m pip wheel --quiet --no-index --no-deps --no-build-isolation \
  --wheel-dir "$work" "$work/source/python"
wheel=$(echo "$work"/colcomb-*-*-linux_*.whl)
[ -f "$wheel" ] || { echo "no wheel of this platform: $(ls "$work")"; exit 1; }

"$python" -m venv --without-pip --system-site-packages "$work/venv"
"$python" -m pip --python "$work/venv/bin/python" install --quiet --no-index --no-deps "$wheel"
cd "$work"
# -I: nothing but the environment's own packages and Debian's.
"$work/venv/bin/python" -I - "$work/venv" <<'END'
import sys
import numpy as np
import colcomb

assert colcomb.__file__.startswith(sys.argv[1]), colcomb.__file__
weights = np.random.default_rng(1).normal(size=(16, 32)).astype(np.float32)
packed = colcomb.pack(weights, alpha=4, gamma=0.5, prune=0.7)
assert np.count_nonzero(colcomb.unpack(packed)) == np.count_nonzero(packed.values)
print(packed)
try:
    import torch
except ImportError:
    torch = None
if torch:
    import colcomb.torch
END
"$python" -m pip --python "$work/venv/bin/python" uninstall --quiet --yes colcomb
[ -z "$(find "$work/venv" -name '*colcomb*')" ] || { echo "something is left"; exit 1; }
