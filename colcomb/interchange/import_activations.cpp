// Activations, and what does nothing at inference.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {

std::string GraphImporter::end_with(const OnnxNode& node, double limit) {
  Value value = input(node, 0);
  Product product = product_of(value);
  if (product.name.empty()) product.name = node.name;
  const std::string what = std::isinf(limit)
                               ? fmt::format("ReLU of {}", product.name)
                               : fmt::format("ReLU of {} that ends at {}", product.name, limit);
  value.content = chain_.append(std::move(product), limit);
  give(node, std::move(value));
  return what;
}

std::string GraphImporter::relu(const OnnxNode& node) {
  const Value& value = input(node, 0);
  const auto* map = std::get_if<MapValue>(&value.content);
  if (map == nullptr || !map->layer) return end_with(node, kNoLimit);
  give(node, value);
  return "nothing: its input is never negative";
}

std::string GraphImporter::clip(const OnnxNode& node) {
  const auto bound = [&](std::size_t i, const char* name, float otherwise) {
    if (!has_input(node, i)) return real(node, name, otherwise);
    const OnnxTensor& tensor = float_tensor(node, i, name);
    if (tensor.floats.size() != 1) throw Unsupported{fmt::format("{} must be one number", name)};
    return tensor.floats.front();
  };
  constexpr float kMost = std::numeric_limits<float>::max();
  const float least = bound(1, "min", -kMost);
  const float most = bound(2, "max", kMost);
  if (least != 0) throw Unsupported{fmt::format("min is {}: must be 0", least)};
  if (!(most > 0)) throw Unsupported{fmt::format("max is {}: must be above 0", most)};
  if (most == kMost || std::isinf(most)) return relu(node);
  return end_with(node, most);
}

std::string GraphImporter::softmax(const OnnxNode& node) {
  if (std::ranges::find(graph_.outputs, node.outputs.front()) == graph_.outputs.end())
    throw Unsupported{"must be the last node"};
  const std::int64_t axis = integer(node, "axis", graph_.opset < 13 ? 1 : -1);
  const Value& value = input(node, 0);
  if (axis != 1 && !(axis == -1 && value.shape.flat))
    throw Unsupported{fmt::format("axis is {}: must be that of the classes", axis)};
  give(node, value);
  return "dropped: the largest class stays the same";
}

std::string GraphImporter::pass_through(const OnnxNode& node) {
  if (const OnnxTensor* constant = tensor(node, 0)) {
    give(node, {*constant, {}});
    return "a constant";
  }
  give(node, input(node, 0));
  return "nothing";
}

std::string GraphImporter::dropout(const OnnxNode& node) {
  if (has_input(node, 2) && integers(node, 2) != std::vector<std::int64_t>{0})
    throw Unsupported{"training_mode must be false"};
  return pass_through(node);
}

}  // namespace colcomb::interchange
