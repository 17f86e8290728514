#!/usr/bin/env bash
# Proves sa_mx_proof's statement for one kind of cell with Yosys' SAT solver. Exit status 1 and the
# counterexample if it is wrong.
# usage: prove_mx.sh ALPHA ACC_BITS STREAMS DOUBLE_BUFFER [SV_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
alpha=$1 bits=$2 streams=$3 double=$4
sv=${5:-$here/../../../colcomb/rtl/sv}
mapfile -t sources < <("$here/../../../colcomb/rtl/sv/sources.sh" "$sv")
mac=u_cell.u_mac
connections="part_i $mac.part_q
  carry_i $mac.carry_q
  weight_i u_cell.weight"
[ "$streams" = 1 ] || connections+="
  owner_i $mac.gen_streams.owner_q
  tail_i $mac.gen_streams.tail_q
  bit_i $mac.gen_streams.bit_q"
[ "$double" = 1 ] || connections+="
  age_i $mac.gen_mask.age_q"
script=
while read -r input register; do
  script+="delete -input w:$input; connect -nounset -set $input $register; "
done <<<"$connections"
yosys -q -p "
  read_verilog -formal -sv ${sources[*]} $here/sa_mx_proof.sv
  hierarchy -top sa_mx_proof -chparam Alpha $alpha -chparam AccBits $bits \
    -chparam Streams $streams -chparam DoubleBuffer $double
  rename -top sa_mx_proof
  proc; flatten; async2sync
  cd sa_mx_proof
  $script
  opt -full
  sat -verify -prove-asserts -set-assumes -seq 2 -set-at 1 first_i 1 -set-at 2 first_i 0 -timeout 600"
echo "proved: alpha $alpha, $bits bits, $streams streams, double buffering $double"
