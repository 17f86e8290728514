#pragma once

#include <cstdint>
#include <string>

#include "colcomb/interchange/import.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// What the model's input is.
struct ImageInput {
  InputDescription description;
  Shape shape;             // as the graph orders it
  std::int64_t batch = 1;  // the model's own; 1 where it leaves it open
};

/// The graph's one input as images: batch x channels x height x width; channels last, if a
/// Transpose to channels first reads it, or if nothing tells and its last extent alone is 1 or 3;
/// batch x height x width, of one channel; or one vector per image, whose extents a Reshape, the
/// options or a square of pixels tells. Errors: UserError naming `file`, or the options' fields.
[[nodiscard]] ImageInput describe_input(const OnnxGraph& graph, const ImportOptions& options,
                                        const std::string& file);

}  // namespace colcomb::interchange
