// Additions and scalings.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "colcomb/interchange/import_graph.hpp"
#include "colcomb/interchange/import_groups.hpp"

namespace colcomb::interchange {

std::string GraphImporter::addition(const OnnxNode& node) {
  if (const auto constant = only_constant(node)) {
    const Value value = input(node, 1 - *constant);
    const std::vector<double> offset = operand(node, *constant, value);
    return affine(node, 1 - *constant, std::vector<double>(offset.size(), 1), offset, "bias");
  }
  const Value* const a = &input(node, 0);
  const Value* const b = &input(node, 1);
  if (a->shape.channels != b->shape.channels || a->shape.height != b->shape.height ||
      a->shape.width != b->shape.width || a->shape.order != b->shape.order)
    throw Unsupported{"adds maps of different shapes"};
  const auto joined = [](const Value& value) {
    const auto* const map = std::get_if<MapValue>(&value.content);
    return map != nullptr && !map->joined.empty();
  };
  const bool two_products =
      std::holds_alternative<Product>(a->content) && std::holds_alternative<Product>(b->content);
  if (two_products || joined(*a) || joined(*b)) return sum_of_products(node, *a, *b);
  const auto* map_a = std::get_if<MapValue>(&a->content);
  const auto* map_b = std::get_if<MapValue>(&b->content);
  // The product, or the later of two layers, is what the other, the residual source, is added to.
  const bool second_is_sum = map_a != nullptr && (map_b == nullptr || map_b->layer >= map_a->layer);
  const Value& sum = second_is_sum ? *b : *a;
  const MapValue source = second_is_sum ? *map_a : map_b != nullptr ? *map_b : MapValue{};
  if (!source.layer || source.padding.any() || source.averaged) {
    throw Unsupported{"adds the image, a padded map or a mean: only a layer's output can be added"};
  }
  const Shape shape = sum.shape;
  Product product = open_product(node, second_is_sum ? 1 : 0);
  if (product.name.empty()) product.name = node.name;
  product.residual = source.layer;
  product.residual_pooled = source.pooled;
  const std::string what = "residual addition into " + product.name;
  const auto negative = [this](const MapValue* map) {
    return map == nullptr || chain_.may_be_negative(*map);
  };
  if (!negative(map_a) && !negative(map_b)) {  // nor is their sum
    give(node, {chain_.append(std::move(product), kNoLimit), shape});
  } else {
    give(node, {std::move(product), shape});
  }
  return what;
}

/// Two products' columns side by side: a projection shortcut.
std::string GraphImporter::sum_of_products(const OnnxNode& node, const Value& a, const Value& b) {
  const auto has_residual = [](const Value& value) {
    const auto* const product = std::get_if<Product>(&value.content);
    return product != nullptr && product->residual;
  };
  const auto is_pooled = [](const Value& value) {
    const auto* const product = std::get_if<Product>(&value.content);
    return product != nullptr && !product->poolings.empty();
  };
  // These are layers' outputs first; `a` and `b` are then those.
  if (is_pooled(a)) (void)map_input(node, 0);
  if (is_pooled(b) || (has_residual(a) && has_residual(b))) (void)map_input(node, 1);
  Product product = product_of(a);
  Product other = product_of(b);
  if (product.name.empty()) product.name = other.name.empty() ? node.name : other.name;
  require_foldable(product, "a sum of two products");
  require_foldable(other, "a sum of two products");
  if (!product.source.layer || !other.source.layer)
    throw Unsupported{"adds two products of which one reads the image: both must read layers",
                      "let one layer with ReLU alone read the image"};
  if (other.residual) {
    product.residual = other.residual;
    product.residual_pooled = other.residual_pooled;
  }
  fold_norm(product);
  fold_norm(other);
  const std::size_t rows = product.weights.rows();
  const std::size_t first = product.weights.cols();
  require_reasonable(rows, first + other.weights.cols());
  Matrix<float> weights(rows, first + other.weights.cols());
  for (std::size_t n = 0; n < rows; ++n) {
    std::ranges::copy(product.weights.row(n), weights.row(n).begin());
    std::ranges::copy(other.weights.row(n), weights.row(n).subspan(first).begin());
    product.bias[n] += other.bias[n];
  }
  product.weights = std::move(weights);
  product.conv_groups = 1;  // zeros between groups stay zeros by their mask
  product.groups = groups_side_by_side(product.groups, first, other.groups, other.weights.cols());
  product.more.push_back({other.source, other.window, other.stride});
  product.more.insert(product.more.end(), other.more.begin(), other.more.end());
  const std::string what =
      fmt::format("{} and {} as one filter matrix, {} x {}", product.name,
                  other.name.empty() ? "a map" : other.name, rows, product.weights.cols());
  const Shape shape = a.shape;
  give(node, {std::move(product), shape});
  return what;
}

std::string GraphImporter::sum(const OnnxNode& node) {
  if (node.inputs.size() == 1) return pass_through(node);
  if (node.inputs.empty()) throw Unsupported{"must have an input"};
  OnnxNode two = node;
  std::string what;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const bool last = i + 1 == node.inputs.size();
    two.inputs = {i == 1 ? node.inputs.front() : two.outputs.front(), node.inputs[i]};
    two.outputs = {last ? node.outputs.front() : fmt::format("{}, {} of its inputs", node.name, i)};
    what += (i == 1 ? "" : "; ") + addition(two);
  }
  return what;
}

std::string GraphImporter::scaling(const OnnxNode& node) {
  const bool subtracts = node.op == "Sub";
  const bool divides = node.op == "Div";
  const auto constant = only_constant(node);
  if (!constant) {
    const bool gate = node.op == "Mul";
    throw Unsupported{
        gate ? "a gate: a map times another map" : "one of its inputs must be a constant",
        gate ? "gates (squeeze and excitation) are not supported: train without" : ""};
  }
  if (divides && *constant == 0) throw Unsupported{"divides by what is computed from the image"};
  const Value value = input(node, 1 - *constant);
  const std::vector<double> numbers = operand(node, *constant, value);
  std::vector<double> scale(numbers.size(), 1);
  std::vector<double> offset(numbers.size(), 0);
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    if (!subtracts) {
      scale[n] = divides ? 1 / numbers[n] : numbers[n];
    } else if (*constant == 1) {
      offset[n] = -numbers[n];
    } else {
      scale[n] = -1;
      offset[n] = numbers[n];
    }
  }
  return affine(node, 1 - *constant, scale, offset, subtracts ? "bias" : "scale");
}

}  // namespace colcomb::interchange
