#include "colcomb/interchange/import_advice.hpp"

#include <fmt/format.h>

#include <map>

namespace colcomb::interchange {
namespace {

const std::map<std::string, Unsupported>& advice() {
  const Unsupported quantized{"is of an integer network",
                              "export the float model: colcomb quantizes it itself"};
  const Unsupported control{"computes its graph while it runs",
                            "export a fixed graph: torch.onnx.export with an example input, in "
                            "evaluation mode"};
  const Unsupported sequence{"recurrent and attention operators are not supported",
                             "choose a convolutional network or an MLP"};
  const Unsupported norm{"its mean and variance depend on the image",
                         "train with BatchNormalization in its place"};
  const Unsupported larger{"makes a map larger: only classifiers are supported",
                           "choose a network that ends in classes"};
  const Unsupported branch{"takes maps apart: a layer reads whole maps",
                           "let the layer behind it have weights of 0 where it should not read"};
  static const std::map<std::string, Unsupported> table = {
      {"Attention", sequence},
      {"ConvInteger", quantized},
      {"ConvTranspose", larger},
      {"DequantizeLinear", quantized},
      {"DynamicQuantizeLinear", quantized},
      {"GRU", sequence},
      {"GroupNormalization", norm},
      {"If", control},
      {"InstanceNormalization", norm},
      {"LRN",
       {"normalization over neighbouring channels is not supported",
        "train with BatchNormalization in its place"}},
      {"LSTM", sequence},
      {"LayerNormalization", norm},
      {"Loop", control},
      {"MatMulInteger", quantized},
      {"PRelu", {"has slopes that are computed", "train with PReLU, whose slopes are constants"}},
      {"QLinearConv", quantized},
      {"QLinearMatMul", quantized},
      {"QuantizeLinear", quantized},
      {"RNN", sequence},
      {"Resize", larger},
      {"Scan", control},
      {"Slice", branch},
      {"Split", branch},
      {"Upsample", larger},
  };
  return table;
}

}  // namespace

Unsupported unsupported_operator(const OnnxNode& node) {
  const auto found = advice().find(node.op);
  if (found == advice().end()) {
    return {"this operator is not supported",
            "docs/reference/onnx-import.md lists those that are; fold constants before exporting"};
  }
  return found->second;
}

Unsupported foreign_operator(const OnnxNode& node) {
  if (node.domain.starts_with("com.microsoft") || node.domain.starts_with("com.ms.")) {
    return {fmt::format("operators of the domain '{}' are not supported", node.domain),
            "import the model as it was before ONNX Runtime optimized it"};
  }
  return {fmt::format("operators of the domain '{}' are not supported", node.domain),
          "if it is a function of the model, inline it: onnx.inliner.inline_local_functions"};
}

}  // namespace colcomb::interchange
