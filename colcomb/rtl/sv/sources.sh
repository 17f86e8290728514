#!/usr/bin/env bash
# Prints the sources of sa_array, or those of the blocks around it, in the order in which tools read
# them. Two lists, since what Yosys reads besides a module changes the LUTs that it finds for it.
# usage: sources.sh [FOLDER [blocks]]
folder=${1:-$(dirname "${BASH_SOURCE[0]}")}
names=(sa_pkg sa_clock_gate sa_held_reg sa_weight_reg sa_serial_mac sa_links sa_mx_cell sa_il_cell
  sa_bl_cell sa_parallel_cell sa_array)
if [ "${2:-}" = blocks ]; then
  names=(sa_pkg sa_onehot_mux sa_delay sa_buffer_bank sa_row_fifo sa_serializer sa_acc_serializer
    sa_relu_quant sa_mean_divider sa_pooling_unit sa_window_side sa_window_join sa_window_unit
    sa_output_crossbar
    sa_weight_loader sa_row_feeder sa_column_feeder
    sa_record_walk sa_word_side sa_tile_timing sa_tile_words sa_controller
    sa_word_delay sa_transfer_words sa_transfer_reads sa_transfer_writes sa_memory_channel
    sa_axi_registers)
fi
for name in "${names[@]}"; do
  echo "$folder/$name.sv"
done
