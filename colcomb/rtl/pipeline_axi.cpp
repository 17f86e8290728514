#include "colcomb/rtl/pipeline_axi.hpp"

#include <fmt/format.h>

#include "colcomb/rtl/axi_parts.hpp"

namespace colcomb::rtl {
namespace {

constexpr const char* kMachine = R"(
  // The pipeline writes nothing into the memory. Its logits leave behind the run, then answers.
  assign write = 1'b0;
  assign write_address = '0;
  assign write_word = '0;
  assign mask = '0;
  logic [Buses-1:0] logit_valid;
  logic [Buses*AddressBits-1:0] logit_row;
  logic [Buses*32-1:0] logit;
  logic logits_valid, logits_last, unused;
  logic [31:0] logits_data;
  assign unused = ^logit_row;
  machine u_machine (
    .clk_i, .rst_ni, .load_i(load), .load_stage_i(page), .load_memory_i(load_memory),
    .load_place_i(load_place), .load_index_i(load_index), .load_word_i(load_word),
    .start_i(start), .images_i(batches), .finished_o(finished), .dram_read_o(read),
    .dram_read_address_o(read_address), .dram_word_i(read_word), .logit_valid_o(logit_valid),
    .logit_row_o(logit_row), .logit_o(logit)
  );
  sa_logit_memory #(
    .Rows(Rows), .Interval(Interval), .Images(Images), .ImageBits(BatchBits)
  ) u_logits (
    .clk_i, .rst_ni, .valid_i(logit_valid), .logit_i(logit), .images_i(batches),
    .send_i(finished), .sending_o(sending), .m_tvalid_o(logits_valid),
    .m_tready_i(m_axis_tready), .m_tdata_o(logits_data), .m_tlast_o(logits_last)
  );
  assign port_ready = m_axis_tready & ~sending;
  assign m_axis_tvalid = sending ? logits_valid : port_valid;
  assign m_axis_tdata = sending ? logits_data : port_data;
  assign m_axis_tlast = sending ? logits_last : port_last;
endmodule
)";

}  // namespace

std::string pipeline_axi_top(const PipelineHardware& hardware, const LoadPort& port,
                             const ArrayConfig& array, std::size_t dram_words, std::uint64_t images,
                             const std::string& name) {
  const MachineParameters& last = hardware.stages.back().path;
  std::string text = fmt::format(
      "// The cross-layer pipeline for {} behind AXI4: registers, streams, a memory of {} bytes in "
      "place of\n// DRAM, and one for logits. docs/reference/rtl-pipeline.md: \"Streams\".\n"
      "module machine_axi (\n",
      name, dram_words * array.dram_bytes_per_clock);
  text += axi_ports() + ");\n";
  const auto add = [&text](const char* parameter, std::uint64_t value) {
    text += fmt::format("  localparam int {} = {};\n", parameter, value);
  };
  add("BatchBits", hardware.image_bits);
  add("LoadPlaceBits", port.place_bits);
  add("LoadIndexBits", port.index_bits);
  add("LoadWordBits", port.word_bits);
  add("PageBits", port.stage_bits);
  add("DramBytes", array.dram_bytes_per_clock);
  add("DramBits", hardware.dram_bits);
  add("DramLatency", array.dram_latency);
  add("DramWords", dram_words);
  add("Rows", last.Rows);
  add("Interval", last.Interval);
  add("Buses", last.Buses);
  add("AddressBits", hardware.address_bits);
  add("Images", images);
  return text + axi_wires() + kMachine;
}

}  // namespace colcomb::rtl
