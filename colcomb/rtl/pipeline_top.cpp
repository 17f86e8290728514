#include "colcomb/rtl/pipeline_top.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/rtl/widths.hpp"

namespace colcomb::rtl {
namespace {

std::string parameter_list(const ModuleParameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += fmt::format("{}\n    .{}({})", text.empty() ? "" : ",", name, value);
  return text;
}

class Top {
 public:
  Top(const tiling::Pipeline& pipeline, const PipelineHardware& hardware, const LoadPort& port)
      : pipeline_(pipeline), hardware_(hardware), port_(port) {}

  std::string body() {
    add_start();
    add_reader();
    for (std::size_t i = 0; i < hardware_.stages.size(); ++i) declare_stage(i);
    for (std::size_t i = 0; i < hardware_.stages.size(); ++i) add_stage(i);
    add_logits();
    return std::move(text_);
  }

 private:
  void add_start() {
    text_ += fmt::format(
        "  logic finished, enabled, running, weights_read, images_read;\n"
        "  logic [{}:0] clock;\n  logic [{}:0] weights_address, images_address;\n"
        "  assign finished_o = finished;\n  assign running = enabled & ~finished;\n"
        "  assign dram_read_o = weights_read | images_read;\n"
        "  assign dram_read_address_o = weights_read ? weights_address : images_address;\n\n"
        "  sa_configuration #({}\n  ) u_configuration (\n    .clk_i, .rst_ni, .start_i, "
        ".clock_o(clock), .enabled_o(enabled),\n    .dram_read_o(weights_read), "
        ".dram_address_o(weights_address)\n  );\n\n",
        hardware_.clock_bits - 1, hardware_.dram_bits - 1, parameter_list(hardware_.configuration));
  }

  /// Wires to the line buffer in front of stage `index`: from the crossbar of what is before it.
  void declare_lines(std::size_t index, std::uint64_t banks, std::uint32_t ports) {
    text_ += fmt::format(
        "  logic pixel_{0};\n  logic [{1}:0] write_{0};\n  logic [{2}:0] address_{0};\n"
        "  logic [{3}:0] byte_{0};\n",
        index, banks * ports - 1, banks * ports * hardware_.address_bits - 1,
        8 * banks * ports - 1);
  }

  void add_reader() {
    const auto& reader = hardware_.reader_path;
    const std::uint64_t channels = pipeline_.reader.array.rows;
    const std::uint32_t clocks = pipeline_.reader.schedule.tiles.front().write_clocks;
    declare_lines(0, pipeline_.reader.array.columns, reader.WritePorts);
    const std::size_t bank_bits = bits_for(pipeline_.reader.array.columns);
    text_ += fmt::format(
        "  logic [{0}:0] freed_0;\n  logic image_pixel;\n  logic [{1}:0] image_place;\n"
        "  logic [{2}:0] image_bytes;\n"
        "  sa_image_reader #({3}\n  ) u_reader (\n    .clk_i, .rst_ni, .enabled_i(running), "
        ".base_i({4}'d{5}), .images_i,\n    .freed_i(freed_0), "
        ".dram_read_o(images_read), "
        ".dram_address_o(images_address), .dram_word_i,\n    .pixel_o(image_pixel), "
        ".place_o(image_place), .bytes_o(image_bytes)\n  );\n",
        hardware_.counter_bits - 1, hardware_.address_bits - 1, 8 * channels - 1,
        parameter_list(hardware_.reader), hardware_.dram_bits, hardware_.weight_bytes);
    text_ += fmt::format(
        "  logic unused_reader_valid, unused_reader_done;\n  logic [{0}:0] unused_reader_bytes;\n"
        "  sa_output_crossbar #({1}\n  ) u_reader_crossbar (\n    .clk_i, .rst_ni, "
        ".valid_i({{{2}{{image_pixel}}}}), .bytes_i(image_bytes), .last_i(1'b0),\n"
        "    .pixel_i(image_pixel), .line_i({3}'d0), .clocks_i({4}'d{5}), .offset_i(image_place),\n"
        "    .load_i(load_i & (load_stage_i == {6}'d{7}) & (load_memory_i == 3'd7)),\n"
        "    .load_bank_i({8}'(load_place_i)), .load_line_i({3}'(load_index_i)),\n"
        "    .load_descriptors_i(load_word_i[{9}:0]), .valid_o(unused_reader_valid),\n"
        "    .bytes_o(unused_reader_bytes), .write_o(write_0), .address_o(address_0), "
        ".byte_o(byte_0),\n    .done_o(unused_reader_done), .pixel_o(pixel_0)\n  );\n\n",
        8 * channels - 1, parameter_list(hardware_.crossbar), channels, reader.WriteLineBits,
        reader.WriteClockBits, clocks, port_.stage_bits, hardware_.stages.size(), bank_bits,
        reader.WritePorts * (hardware_.address_bits + reader.RowNumberBits + 1) - 1);
  }

  void declare_stage(std::size_t index) {
    const StageHardware& stage = hardware_.stages[index];
    declare_lines(index + 1, stage.banks, stage.path.WritePorts);
    text_ += fmt::format(
        "  logic [{0}:0] freed_{1}, residual_freed_{2};\n  logic [{3}:0] keep_{2}, "
        "logit_valid_{2};\n"
        "  logic [{4}:0] keep_byte_{2};\n  logic [{5}:0] logit_row_{2};\n  logic [{6}:0] "
        "logit_{2};\n",
        hardware_.counter_bits - 1, index + 1, index, stage.path.Buses - 1,
        8 * stage.path.Buses - 1, stage.path.Buses * hardware_.address_bits - 1,
        32 * stage.path.Buses - 1);
  }

  /// The stage whose map stage `index` adds.
  [[nodiscard]] std::size_t source_of(std::size_t index) const {
    for (std::size_t i = 0; i < pipeline_.stages.size(); ++i) {
      if (std::ranges::find(pipeline_.stages[i].readers, index) !=
          pipeline_.stages[i].readers.end())
        return i;
    }
    COLCOMB_CHECK(false, "a residual line buffer has a source");
    return 0;
  }

  void add_stage(std::size_t index) {
    const StageHardware& stage = hardware_.stages[index];
    const tiling::Stage& own = pipeline_.stages[index];
    const bool last = index + 1 == hardware_.stages.size();
    // Of several line buffers behind, the first one's lowest.
    std::string freed;
    std::string rooms;
    const auto add_behind = [&](const std::string& counter, std::uint64_t room) {
      const char* separator = freed.empty() ? "" : ", ";
      freed = counter + separator + freed;
      rooms = fmt::format("{}'d{}", hardware_.counter_bits, room) + separator + rooms;
    };
    std::size_t behind = 0;
    if (!last) add_behind(fmt::format("freed_{}", index + 1), stage.rooms[behind++]);
    for (const std::size_t reader : own.readers)
      add_behind(fmt::format("residual_freed_{}", reader), stage.rooms[behind++]);
    if (freed.empty()) add_behind(fmt::format("{}'d0", hardware_.counter_bits), 1);
    std::string residual =
        ".residual_pixel_i(1'b0), .residual_write_i(1'b0), "
        ".residual_byte_i(8'd0)";
    if (own.residual) {
      const std::size_t source = source_of(index);
      residual = fmt::format(
          ".residual_pixel_i(pixel_{}), .residual_write_i(keep_{}),\n    "
          ".residual_byte_i(keep_byte_{})",
          source + 1, source, source);
    }
    ModuleParameters parameters = stage.parameters;
    parameters.emplace_back("LoadPlaceBits", port_.place_bits);
    parameters.emplace_back("LoadIndexBits", port_.index_bits);
    parameters.emplace_back("LoadWordBits", port_.word_bits);
    text_ += fmt::format(
        "\n  // Layer {0}: {1}.\n  sa_stage #({2}\n  ) u_stage_{0} (\n    .clk_i, .rst_ni, "
        ".load_i(load_i & (load_stage_i == {3}'d{0})), .load_memory_i,\n    .load_place_i, "
        ".load_index_i, .load_word_i, .start_i, .clock_i(clock), .enabled_i(running),\n    "
        ".dram_word_i, .pixel_i(pixel_{0}), .write_i(write_{0}), .write_address_i(address_{0}),\n"
        "    .byte_i(byte_{0}), .input_freed_o(freed_{0}), {4},\n    "
        ".residual_freed_o(residual_freed_{0}), .freed_i({{{5}}}), .rooms_i({{{6}}}),\n    "
        ".pixel_o(pixel_{7}), .write_o(write_{7}), .write_address_o(address_{7}), "
        ".byte_o(byte_{7}),\n    .residual_write_o(keep_{0}), .residual_byte_o(keep_byte_{0}), "
        ".logit_valid_o(logit_valid_{0}),\n    .logit_row_o(logit_row_{0}), .logit_o(logit_{0})\n"
        "  );\n",
        index, own.program.layers.front().name, parameter_list(parameters), port_.stage_bits,
        residual, freed, rooms, index + 1);
  }

  void add_logits() {
    const std::size_t last = hardware_.stages.size() - 1;
    const MachineParameters& p = hardware_.stages[last].path;
    text_ += fmt::format(
        "\n  assign logit_row_o = logit_row_{0};\n  assign logit_o = logit_{0};\n"
        "  sa_logit_port #(\n    .Rows({1}), .Interval({2}), .AddressBits({3}), "
        ".ImageBits({4})\n  ) u_logits (\n    .clk_i, .rst_ni, .valid_i(logit_valid_{0}), "
        ".row_i(logit_row_{0}), .images_i,\n    .valid_o(logit_valid_o), "
        ".finished_o(finished)\n  );\n",
        last, p.Rows, p.Interval, p.AddressBits, hardware_.image_bits);
    // What stages have and the network does not need.
    text_ += fmt::format(
        "  logic unused;\n  assign unused = ^{{load_stage_i, pixel_{0}, write_{0}, "
        "address_{0}, byte_{0}",
        last + 1);
    for (std::size_t i = 0; i <= last; ++i) {
      text_ += fmt::format(
          ",\n    residual_freed_{0}, keep_{0}, keep_byte_{0}, logit_valid_{0}, "
          "logit_row_{0}, logit_{0}",
          i);
    }
    text_ += fmt::format(", freed_{}}};\n  assign freed_{} = '0;\n", last + 1, last + 1);
  }

  const tiling::Pipeline& pipeline_;
  const PipelineHardware& hardware_;
  const LoadPort& port_;
  std::string text_;
};

}  // namespace

LoadPort load_port(const std::vector<PipelineLoad>& loads) {
  LoadPort port;
  for (const PipelineLoad& load : loads) {
    port.stage_bits = std::max<std::size_t>(port.stage_bits, bits_to(load.stage));
    port.place_bits = std::max<std::size_t>(port.place_bits, bits_to(load.place));
    port.index_bits = std::max<std::size_t>(port.index_bits, bits_to(load.index));
    port.word_bits = std::max(port.word_bits, load.word.size());
  }
  return port;
}

std::vector<TopPort> pipeline_ports(const PipelineHardware& hardware, const LoadPort& port) {
  const MachineParameters& last = hardware.stages.back().path;
  const std::size_t buses = last.Buses;
  return {{"load_i", true, 1},
          {"load_stage_i", true, port.stage_bits},
          {"load_memory_i", true, 3},
          {"load_place_i", true, port.place_bits},
          {"load_index_i", true, port.index_bits},
          {"load_word_i", true, port.word_bits},
          {"start_i", true, 1},
          {"images_i", true, hardware.image_bits},
          {"finished_o", false, 1},
          {"dram_read_o", false, 1},
          {"dram_read_address_o", false, hardware.dram_bits},
          {"dram_word_i", true, std::size_t{8} * last.DramBytes},
          {"logit_valid_o", false, buses},
          {"logit_row_o", false, buses * hardware.address_bits},
          {"logit_o", false, buses * 32}};
}

std::string pipeline_top(const tiling::Pipeline& pipeline, const PipelineHardware& hardware,
                         const LoadPort& port, const std::string& name) {
  return fmt::format(
             "// The cross-layer pipeline for {}: a stage for each layer, with this network's "
             "sizes.\n// Its blocks' headers and README.md say what the ports are.\n{}",
             name, top_head(pipeline_ports(hardware, port))) +
         Top(pipeline, hardware, port).body() + "endmodule\n";
}

}  // namespace colcomb::rtl
