// Activations, and what does nothing at inference.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {

std::string GraphImporter::end_with(const OnnxNode& node, double limit) {
  Value value = input(node, 0);
  Product product = product_of(value);
  if (product.name.empty()) product.name = node.name;
  limit = std::min(limit, product.upper);
  const std::string what = std::isinf(limit)
                               ? fmt::format("ReLU of {}", product.name)
                               : fmt::format("ReLU of {} that ends at {}", product.name, limit);
  value.content = chain_.append(std::move(product), limit);
  give(node, std::move(value));
  return what;
}

/// Where the one node that reads this one's output lets it end, as ReLU6 is written by some.
double GraphImporter::limit_behind(const OnnxNode& node) const {
  const auto readers = readers_.find(node.outputs.front());
  if (readers == readers_.end() || readers->second.size() != 1 ||
      node.outputs.front() == graph_.outputs.front())
    return kNoLimit;
  const OnnxNode& next = graph_.nodes[readers->second.front()];
  const bool clips = next.op == "Clip" && has_input(next, 2);
  if (!next.domain.empty() || (!clips && (next.op != "Min" || next.inputs.size() != 2)))
    return kNoLimit;
  const std::size_t i = clips ? 2 : next.inputs.front() == node.outputs.front() ? 1 : 0;
  const OnnxTensor* const bound = tensor(next, i);
  return bound != nullptr && bound->floats.size() == 1 && bound->floats.front() > 0
             ? bound->floats.front()
             : kNoLimit;
}

/// The input, no less than `least` and no more than `most`.
std::string GraphImporter::end_at(const OnnxNode& node, double least, double most) {
  Value value = input(node, 0);
  const auto* map = std::get_if<MapValue>(&value.content);
  const bool positive = map != nullptr && map->layer && !chain_.may_be_negative(*map);
  if (least > 0 || (least < 0 && !positive))
    throw Unsupported{fmt::format("min is {}: must be 0", least),
                      "train with ReLU or ReLU6 in its place"};
  if (!(most > 0)) throw Unsupported{fmt::format("max is {}: must be above 0", most)};
  if (positive && chain_.limit_of(*map) <= most) {
    give(node, value);
    return "nothing: its input is never negative, and ends there";
  }
  return end_with(node, std::min(most, limit_behind(node)));
}

std::string GraphImporter::relu(const OnnxNode& node) {
  return end_at(node, 0, kNoLimit);
}

std::string GraphImporter::clip(const OnnxNode& node) {
  constexpr double kMost = std::numeric_limits<float>::max();
  const double least = has_input(node, 1) ? one_number(node, 1, "min") : real(node, "min", -kMost);
  const double most = has_input(node, 2) ? one_number(node, 2, "max") : real(node, "max", kMost);
  return end_at(node, least, most >= kMost ? kNoLimit : most);
}

std::string GraphImporter::maximum(const OnnxNode& node) {
  const auto constant = only_constant(node);
  if (!constant) {
    throw Unsupported{"takes the larger of two maps",
                      "choose an architecture that adds or joins maps in its place"};
  }
  OnnxNode clipped = node;
  std::swap(clipped.inputs.front(), clipped.inputs[1 - *constant]);
  return end_at(clipped, one_number(node, *constant, "the constant"), kNoLimit);
}

std::string GraphImporter::minimum(const OnnxNode& node) {
  const auto constant = only_constant(node);
  if (!constant) {
    throw Unsupported{"takes the smaller of two maps",
                      "choose an architecture that adds or joins maps in its place"};
  }
  OnnxNode clipped = node;
  std::swap(clipped.inputs.front(), clipped.inputs[1 - *constant]);
  const double most = one_number(node, *constant, "the constant");
  Value value = input(clipped, 0);
  auto* const product = std::get_if<Product>(&value.content);
  if (product == nullptr) return end_at(clipped, 0, most);
  if (!(most > 0)) throw Unsupported{fmt::format("the constant is {}: must be above 0", most)};
  product->upper = std::min(product->upper, most);
  const std::string what =
      fmt::format("where the ReLU of {}, which must follow, ends", product->name);
  give(node, std::move(value));
  return what;
}

std::string GraphImporter::pass_through(const OnnxNode& node) {
  give(node, input(node, 0));
  return "nothing";
}

std::string GraphImporter::dropout(const OnnxNode& node) {
  pass_through(node);
  return "nothing: it is of training alone";
}

}  // namespace colcomb::interchange
