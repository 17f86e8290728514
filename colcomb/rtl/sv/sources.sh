#!/usr/bin/env bash
# Prints the sources of the RTL in the order in which tools read them. usage: sources.sh [FOLDER]
folder=${1:-$(dirname "${BASH_SOURCE[0]}")}
for name in sa_pkg sa_clock_gate sa_held_reg sa_weight_reg sa_serial_mac sa_links sa_mx_cell \
  sa_il_cell sa_bl_cell sa_parallel_cell sa_array sa_onehot_mux \
  sa_relu_quant sa_serializer sa_acc_serializer sa_mean_divider sa_pooling_unit sa_window_join \
  sa_window_unit sa_buffer_bank sa_row_fifo sa_output_crossbar sa_delay sa_weight_loader \
  sa_row_feeder sa_column_feeder; do
  echo "$folder/$name.sv"
done
