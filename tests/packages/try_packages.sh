#!/usr/bin/env bash
# Installs packages into an empty Debian 12, runs what a new user would, and removes them again. As root.
# usage: try_packages.sh PACKAGES ROOT    ROOT: made where it is not there; DEBIAN_MIRROR: where from
set -euo pipefail
packages=$1 root=$2
mirror=${DEBIAN_MIRROR:-$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true) |
  awk '$1 == "deb" { for (i = 2; i <= NF; ++i) if ($i ~ /^http/) { print $i; exit } } $1 == "URIs:" { print $2; exit }')}
fail() { echo "$*"; exit 1; }
if [ ! -d "$root/var/lib/dpkg" ]; then
  debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >/dev/null
fi
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
rm -rf "$root/packages"
cp -r "$packages" "$root/packages"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  "${proxy[@]}" bash -euo pipefail -c "$1"; }
proxy=()
for name in http_proxy https_proxy no_proxy; do [ -z "${!name:-}" ] || proxy+=("$name=${!name}"); done
inside 'apt-get purge -y -qq "*colcomb*" >/dev/null 2>&1' || true  # of a run that was cut short
inside 'find / -xdev -not -path "/packages*" -not -path "/tmp/*" -not -path "/proc/*" | grep -i colcomb' && fail "colcomb is there already"

# The command alone: without LibTorch.
inside 'apt-get update -qq && apt-get install -y -qq --no-install-recommends /packages/colcomb_*.deb >/dev/null'
inside 'colcomb doctor >/dev/null; test -f /usr/share/man/man1/colcomb-simulate.1.gz'
inside "colcomb --version" | sed -n 1p
inside 'test -f /usr/share/bash-completion/completions/colcomb'
inside 'cd /tmp && colcomb report --lesson && grep -q "<html" lesson.html'
said=$(inside 'colcomb run 2>&1' || true)
grep -q colcomb-training <<<"$said" || fail "colcomb run without training says: $said"

# With training: the README's first command, on a small part of the images.
inside 'apt-get install -y -qq --no-install-recommends /packages/colcomb-training_*.deb dataset-fashion-mnist libopenblas0-pthread >/dev/null'
inside 'cd /tmp && colcomb run --out my-run --sample-ratio 0.02 --epochs 1 --json > run.json && test -s my-run/report.html'
inside 'cd /tmp && colcomb simulate my-run/network.packed | sed -n 1,3p'
# The README's other commands, as far as they need no model of the user's.
configs=$(inside 'dpkg -L colcomb | grep "/mx-32x32.toml$"')
inside "cd /tmp && colcomb simulate my-run/network.packed --array $configs --engine both --images 1 --baselines" >"$root/tmp/simulated"
grep -q "outputs of all layers equal the integer network's for 1 of 1 images" "$root/tmp/simulated" || fail "simulate said: $(cat "$root/tmp/simulated")"
inside 'cd /tmp && colcomb inspect my-run/network.packed && colcomb cost my-run/network.packed --technology sg13g2 && colcomb report my-run --text' >/dev/null
# The page: every element that is opened is closed, and it names nothing outside of itself.
cp "$(dirname "$0")/check_page.py" "$root/tmp/check_page.py"

# Python, and a program against the library.
if ls "$packages"/python3-colcomb_*.deb >/dev/null 2>&1; then
  inside 'apt-get install -y -qq --no-install-recommends /packages/python3-colcomb_*.deb >/dev/null'
  inside 'cd /tmp && python3 -c "
import colcomb
network = colcomb.PackedNetwork.load(\"my-run/network.packed\")
print(str(network).splitlines()[0])
print(str(colcomb.simulate(network, \"32x32\")).splitlines()[0])"'
  inside 'python3 /tmp/check_page.py /tmp/my-run/report.html'
fi
inside 'apt-get purge -y -qq "*colcomb*" >/dev/null'
left=$(inside 'find / -xdev -not -path "/packages*" -not -path "/tmp/*" -not -path "/proc/*" -not -path "/var/log/*" -not -path "/var/cache/*" -not -path "/var/lib/apt/*" | grep -i colcomb' || true)
[ -z "$left" ] || fail "left behind: $left"
echo "packages install, run and leave nothing behind"
