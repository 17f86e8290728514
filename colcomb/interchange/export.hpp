#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::interchange {

/// How an exported graph computes. docs/reference/onnx.md shows the graphs.
enum class OnnxForm : std::uint8_t {
  /// Integer operators alone: logits equal semantics::run's bit for bit.
  kInteger,
  /// Float operators between QuantizeLinear and DequantizeLinear, as compilers like it. It rounds
  /// half to even where the integers round half up, so an activation may differ by one at ties.
  kQdq,
  /// The same weights in float, activations clamped but not rounded.
  kFloat,
};
[[nodiscard]] const char* name_of(OnnxForm form);

/// Which form is written.
struct ExportOptions {
  /// Leave it alone unless a tool cannot read integer operators or runs the others faster.
  OnnxForm form = OnnxForm::kInteger;
};

/// What was written.
struct ExportSummary {
  std::size_t nodes = 0;  // of the graph
  std::size_t bytes = 0;  // of the file
};

/// An ONNX model (IR version 7, operator set 13), serialized. Input "image": raw unsigned 8-bit
/// images, batch x C x H x W, before the checkerboard reshape, with a batch of any size. Outputs:
/// "logits" (batch x classes, int32, in units of logit_scale(network); the integer form alone) and
/// "scores" (batch x classes, float: logits times logit_scale). Weights are dense: cells that are
/// empty or conflict-pruned are zeros. Nodes and tensors are named LAYER/STEP.
/// Errors: UserError (file `where`) for a network that breaks the format's rules, for one whose
/// biases or columns the QDQ and float forms cannot hold, and beyond 2 GiB.
[[nodiscard]] std::string onnx_model(const QuantizedNetwork& network, const ExportOptions& options,
                                     const std::string& where, ExportSummary* summary = nullptr);

/// Writes onnx_model(network) to `path`, atomically. Errors: as for onnx_model and
/// write_file_atomically.
ExportSummary save_onnx(const QuantizedNetwork& network, const ExportOptions& options,
                        const std::filesystem::path& path);

/// A checkpoint's network in float, batch norm folded: input "image" as above, output "scores"
/// (batch x classes, float). Pruned weights are zeros. The network that import reads from a model
/// gives that model's scores, but for values beyond a layer's limit and for logit_divisor().
/// Errors: UserError (file `where`) for a network that breaks the format's rules, and beyond 2 GiB.
[[nodiscard]] std::string onnx_model(const FloatNetwork& network, const std::string& where,
                                     ExportSummary* summary = nullptr);

/// Writes that to `path`, atomically. Errors: as for onnx_model and write_file_atomically.
ExportSummary save_onnx(const FloatNetwork& network, const std::filesystem::path& path);

}  // namespace colcomb::interchange
