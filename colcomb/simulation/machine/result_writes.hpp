#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// Where the value of one row for one output pixel goes, the logits' among them: writes of the row
/// bus, and who takes the byte.
struct ResultWrites {
  bool to_residual = false;
  bool to_output = false;
  bool to_pooling = false;  // global average pooling
  bool to_data = false;
  std::uint64_t residual_address = 0;
  std::uint64_t output_address = 0;
};

/// Requires: the token completes an output pixel; its tile is a last column tile that has the row.
[[nodiscard]] ResultWrites result_writes(const TileProgram& program, const WordToken& token,
                                         std::size_t row);

}  // namespace colcomb::simulation::machine
