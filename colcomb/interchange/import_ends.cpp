// Behind the classes' scores: what keeps their order is dropped.
#include <fmt/format.h>

#include <algorithm>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

bool keeps_order(const std::string& op) {
  static const std::set<std::string> ops = {"ArgMax",   "Cast",       "Dropout",  "Flatten",
                                            "Identity", "LogSoftmax", "Reshape",  "Sigmoid",
                                            "Softmax",  "Squeeze",    "Unsqueeze"};
  return ops.contains(op);
}

}  // namespace

void GraphImporter::find_ends() {
  ends_ = {graph_.outputs.begin(), graph_.outputs.end()};
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    const OnnxNode& node = graph_.nodes[i];
    if (needed_[i] && keeps_order(node.op) && !node.inputs.empty() && !node.outputs.empty() &&
        ends_.contains(node.outputs.front()) && readers_[node.inputs.front()].size() == 1)
      ends_.insert(node.inputs.front());
  }
}

std::string GraphImporter::drop(const OnnxNode& node) {
  if (!keeps_order(node.op)) {
    throw Unsupported{"reads what comes behind the classes' scores: those must be the output",
                      "cut the model off behind its last layer: onnx.utils.extract_model"};
  }
  give(node, input(node, 0));
  dropped_.insert(node.outputs.front());
  return "dropped: behind the classes' scores";
}

std::string GraphImporter::class_scores(const OnnxNode& node) {
  if (node.outputs.empty() || !ends_.contains(node.outputs.front())) {
    throw Unsupported{"must be at the end, behind the classes' scores"};
  }
  const Value& value = input(node, 0);
  if (node.op != "Sigmoid") {
    const std::size_t rank = value.shape.dims().size() + 1;
    const std::int64_t usual = node.op == "ArgMax" ? 0 : graph_.opset < 13 ? 1 : -1;
    const std::int64_t axis = integer(node, "axis", usual);
    const std::size_t classes = value.shape.order == Order::kChannelsLast ? 3 : 1;
    if (axis_of(axis, rank) != classes)
      throw Unsupported{fmt::format("axis is {}: must be that of the classes", axis)};
  }
  drop(node);
  return node.op == "ArgMax" ? "dropped: the classes' scores are the output"
                             : "dropped: the largest class stays the same";
}

}  // namespace colcomb::interchange
