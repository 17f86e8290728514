#pragma once

#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room: what is missing about operators that are not read, and what to do.
namespace colcomb::interchange {

/// Of ONNX's own operators.
[[nodiscard]] Unsupported unsupported_operator(const OnnxNode& node);
/// Of an operator of another domain, or a function of the model itself.
[[nodiscard]] Unsupported foreign_operator(const OnnxNode& node);

}  // namespace colcomb::interchange
