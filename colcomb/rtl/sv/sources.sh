#!/usr/bin/env bash
# Prints the sources of sa_array, those of the blocks around it, or all of a machine, in the order
# in which tools read them. Several lists, since what Yosys reads besides a module changes the LUTs
# that it finds for it.
# usage: sources.sh [FOLDER [blocks | machine | pipeline]]
folder=${1:-$(dirname "${BASH_SOURCE[0]}")}
array=(sa_clock_gate sa_held_reg sa_weight_reg sa_serial_mac sa_links sa_mx_cell sa_il_cell
  sa_bl_cell sa_parallel_cell sa_array)
blocks=(sa_onehot_mux sa_ring_step sa_delay sa_buffer_bank sa_fifo sa_serializer sa_acc_serializer
  sa_relu_quant sa_mean_divider sa_pooling_unit sa_window_side sa_window_join sa_window_unit
  sa_output_crossbar sa_weight_loader sa_row_feeder sa_column_feeder)
controller=(sa_record_walk sa_word_side sa_tile_timing sa_tile_words sa_controller sa_word_delay
  sa_transfer_words sa_transfer_reads sa_transfer_writes sa_memory_channel sa_axi_registers
  sa_external_memory sa_stream_port)
path=(sa_token_delay sa_bus_token sa_crossbar_token sa_row_writer sa_activation_table sa_result_bus sa_result_side
  sa_row_feeders sa_datapath sa_data_bank sa_input_bank sa_output_bank sa_weight_buffer sa_buffers
  sa_machine)
# What the cross-layer pipeline has of the above, and its own.
pipeline=(sa_onehot_mux sa_ring_step sa_delay sa_buffer_bank sa_fifo sa_serializer sa_acc_serializer
  sa_relu_quant sa_mean_divider sa_pooling_unit sa_window_join sa_window_unit sa_output_crossbar
  sa_weight_loader sa_row_feeder sa_column_feeder sa_word_side sa_tile_words sa_token_delay
  sa_bus_token sa_crossbar_token sa_row_writer sa_activation_table sa_result_bus sa_result_side sa_row_feeders
  sa_datapath sa_data_bank sa_weight_buffer sa_read_box sa_sequencer sa_ring_writer
  sa_stage_buffers sa_stage sa_image_fifo sa_image_requests sa_image_reader sa_configuration
  sa_logit_port sa_logit_memory sa_axi_registers sa_external_memory sa_stream_port)
names=(sa_pkg "${array[@]}")
case ${2:-} in
  blocks) names=(sa_pkg "${blocks[@]}" "${controller[@]}") ;;
  machine) names=(sa_pkg "${array[@]}" "${blocks[@]}" "${controller[@]}" "${path[@]}") ;;
  pipeline) names=(sa_pkg "${array[@]}" "${pipeline[@]}") ;;
esac
for name in "${names[@]}"; do
  echo "$folder/$name.sv"
done
