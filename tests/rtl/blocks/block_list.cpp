#include "tests/rtl/blocks/block_list.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/rtl/blocks/machine_program.hpp"
#include "tests/rtl/pipeline/pipeline_blocks.hpp"

namespace colcomb::tests {

BlockLine read_block_line(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    std::istringstream fields(text);
    BlockLine line;
    std::string verilated;
    if (!(fields >> line.name >> line.module >> verilated) || line.name != name) continue;
    for (std::string field; fields >> field;) {
      const std::size_t equals = field.find('=');
      line.parameters[field.substr(0, equals)] =
          static_cast<std::uint32_t>(std::stoul(field.substr(equals + 1)));
    }
    if (line.parameters.contains("pipeline"))
      line.parameters.merge(pipeline_parameters(line.module, line.parameters));
    if (line.parameters.contains("program"))
      line.parameters.merge(program_parameters(line.module, line.parameters));
    return line;
  }
  throw std::runtime_error(path.string() + ": no block " + name);
}

std::unique_ptr<BlockModel> make_block_model(const BlockLine& line, std::uint64_t seed) {
  static const std::map<std::string, decltype(&make_relu_quant)> kModels = {
      {"sa_relu_quant", &make_relu_quant},
      {"sa_serializer", &make_serializer},
      {"sa_acc_serializer", &make_acc_serializer},
      {"sa_mean_divider", &make_mean_divider},
      {"sa_pooling_unit", &make_pooling_unit},
      {"sa_window_unit", &make_window_unit},
      {"sa_buffer_bank", &make_buffer_bank},
      {"sa_output_crossbar", &make_output_crossbar},
      {"sa_weight_loader", &make_weight_loader},
      {"sa_row_feeder", &make_row_feeder},
      {"sa_column_feeder", &make_column_feeder},
      {"sa_window_side", &make_window_side},
      {"sa_datapath", &make_datapath},
      {"sa_buffers", &make_buffers},
      {"sa_controller", &make_controller},
      {"sa_memory_channel", &make_memory_channel},
      {"sa_axi_registers", &make_axi_registers},
      {"sa_sequencer", &make_sequencer},
      {"sa_image_reader", &make_image_reader},
  };
  return kModels.at(line.module)(line.parameters, seed);
}

}  // namespace colcomb::tests
