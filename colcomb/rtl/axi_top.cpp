#include "colcomb/rtl/axi_top.hpp"

#include <fmt/format.h>

#include "colcomb/rtl/axi_parts.hpp"

namespace colcomb::rtl {
namespace {

constexpr const char* kAnswers = R"(
  assign sending = 1'b0;
  assign m_axis_tvalid = port_valid;
  assign port_ready = m_axis_tready;
  assign m_axis_tdata = port_data;
  assign m_axis_tlast = port_last;
  logic done, unused;
  assign unused = done ^ page;
)";

constexpr const char* kMachinePorts = R"(,
    .load_i(load), .load_memory_i(load_memory), .load_place_i(load_place),
    .load_index_i(load_index), .load_word_i(load_word), .start_i(start), .done_o(done),
    .finished_o(finished), .dram_read_o(read), .dram_read_address_o(read_address),
    .dram_word_i(read_word), .dram_write_o(write), .dram_write_address_o(write_address),
    .dram_mask_o(mask), .dram_word_o(write_word)
  );
endmodule
)";

}  // namespace

std::string axi_top(const FolderNumbers& numbers, const MemoryImages& images,
                    std::size_t dram_words, const std::string& name) {
  std::string text = fmt::format(
      "// The machine for {} behind AXI4: registers, streams, and a memory of {} bytes in place of "
      "DRAM.\n// docs/reference/rtl-machine.md: \"Registers\", \"Streams\".\nmodule machine_axi "
      "(\n",
      name, dram_words * numbers.value_of("DramBytes"));
  text += axi_ports();
  text += ");\n";
  for (const char* parameter : {"BatchBits", "LoadPlaceBits", "LoadIndexBits", "LoadWordBits",
                                "DramBytes", "DramBits", "DramLatency"})
    text += fmt::format("  localparam int {} = {};\n", parameter, numbers.value_of(parameter));
  text +=
      fmt::format("  localparam int PageBits = 1;\n  localparam int DramWords = {};\n", dram_words);
  text += axi_wires() + kAnswers;
  text += machine_instance(numbers, images, "batches");
  return text + kMachinePorts;
}

}  // namespace colcomb::rtl
