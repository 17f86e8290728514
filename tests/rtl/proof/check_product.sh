#!/usr/bin/env bash
# sa_product_bench in Icarus. usage: check_product.sh WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
iverilog -g2012 -Wall -o "$1/product.vvp" "$here/sa_product.sv" "$here/sa_product_bench.sv"
said=$(vvp "$1/product.vvp")
echo "$said"
[[ $said == PASS* ]]
