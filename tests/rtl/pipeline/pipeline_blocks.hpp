#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/rtl/blocks/block_model.hpp"

namespace colcomb::tests {

// Blocks of the cross-layer pipeline. A line of blocks.txt for them names a random pipeline by its
// seed, `pipeline`, and a layer, `stage`, from which the parameters follow.

/// Those parameters.
[[nodiscard]] Parameters pipeline_parameters(const std::string& module, const Parameters& line);

[[nodiscard]] std::unique_ptr<BlockModel> make_sequencer(const Parameters& parameters,
                                                         std::uint64_t seed);
[[nodiscard]] std::unique_ptr<BlockModel> make_image_reader(const Parameters& parameters,
                                                            std::uint64_t seed);

}  // namespace colcomb::tests
