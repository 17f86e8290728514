#pragma once

#include <string>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/interchange/export.hpp"
#include "colcomb/interchange/onnx_writer.hpp"

namespace colcomb::interchange {

inline constexpr const char* kImage = "image";
inline constexpr const char* kLogits = "logits";
inline constexpr const char* kScores = "scores";

/// Write all nodes from kImage to the form's outputs. Requires: validate(network) passes.
void write_integer_form(OnnxWriter& writer, const QuantizedNetwork& network);
/// QDQ and float forms. Errors: UserError (file `where`) where they cannot hold the network.
void write_float_forms(OnnxWriter& writer, const QuantizedNetwork& network, OnnxForm form,
                       const std::string& where);

/// A checkpoint's network in evaluation mode, as float operators.
void write_checkpoint_form(OnnxWriter& writer, const FloatNetwork& network);

}  // namespace colcomb::interchange
