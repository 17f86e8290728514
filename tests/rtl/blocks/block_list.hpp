#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/rtl/blocks/block_model.hpp"

namespace colcomb::tests {

/// A line of blocks.txt. A name in lower case is none of the module's parameters: `program` says
/// which tile program the model runs, from which the parameters follow.
struct BlockLine {
  std::string name;
  std::string module;
  Parameters parameters;
};

/// The block called `name` in the list at `path`.
[[nodiscard]] BlockLine read_block_line(const std::filesystem::path& path, const std::string& name);
[[nodiscard]] std::unique_ptr<BlockModel> make_block_model(const BlockLine& line,
                                                           std::uint64_t seed);

// The models, one file each.
[[nodiscard]] std::unique_ptr<BlockModel> make_relu_quant(const Parameters& parameters,
                                                          std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_serializer(const Parameters& parameters,
                                                          std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_acc_serializer(const Parameters& parameters,
                                                              std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_mean_divider(const Parameters& parameters,
                                                            std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_pooling_unit(const Parameters& parameters,
                                                            std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_window_unit(const Parameters& parameters,
                                                           std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_buffer_bank(const Parameters& parameters,
                                                           std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_output_crossbar(const Parameters& parameters,
                                                               std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_weight_loader(const Parameters& parameters,
                                                             std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_row_feeder(const Parameters& parameters,
                                                          std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_column_feeder(const Parameters& parameters,
                                                             std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_window_side(const Parameters& parameters,
                                                           std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_controller(const Parameters& parameters,
                                                          std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_memory_channel(const Parameters& parameters,
                                                              std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_axi_registers(const Parameters& parameters,
                                                             std::uint64_t seed);

[[nodiscard]] std::unique_ptr<BlockModel> make_datapath(const Parameters& parameters,
                                                        std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_buffers(const Parameters& parameters,
                                                       std::uint64_t seed);

}  // namespace colcomb::tests
