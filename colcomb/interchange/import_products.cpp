// Convolutions and matrix products.
#include <fmt/format.h>

#include <cmath>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

/// Columns in the order (channel, y, x) of weights that read (y, x, channel).
Matrix<float> channels_first(const Matrix<float>& weights, const Shape& in) {
  const std::size_t pixels = in.height * in.width;
  Matrix<float> result(weights.rows(), weights.cols());
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    for (std::size_t m = 0; m < weights.cols(); ++m)
      result(n, m) = weights(n, m % pixels * in.channels + m / pixels);
  }
  return result;
}

/// Of a model that is combined already.
std::string combined_text(const Product& product) {
  return product.groups ? fmt::format(", combined into {} groups", product.groups->size()) : "";
}

}  // namespace

std::optional<ColumnGroups> GraphImporter::groups_of(const OnnxNode& node,
                                                     const Matrix<float>& weights) const {
  const auto found = groups_.find(node.inputs[1]);
  if (found == groups_.end()) return {};
  require_combined(found->second, weights);
  return found->second;
}

std::string GraphImporter::convolution(const OnnxNode& node) {
  const MapValue map = map_input(node, 0);
  const Value& value = input(node, 0);
  require_map(value.shape);
  const OnnxTensor& filter = float_tensor(node, 1, "the filter");
  if (filter.dims.size() != 4) {
    throw Unsupported{fmt::format("filter is {}: must have 4 dimensions", dimensions(filter))};
  }
  const Shape& padded = value.shape;
  const Shape in{padded.channels, padded.height - map.padding.top - map.padding.bottom,
                 padded.width - map.padding.left - map.padding.right};
  const auto rows = static_cast<std::size_t>(filter.dims[0]);
  const auto conv_groups = static_cast<std::size_t>(integer(node, "group", 1));
  if (conv_groups == 0 || conv_groups > rows || rows % conv_groups != 0 ||
      static_cast<std::size_t>(filter.dims[1]) * conv_groups != in.channels) {
    throw Unsupported{fmt::format("filter is {} in {} groups: does not fit {} input channels",
                                  dimensions(filter), conv_groups, in.channels)};
  }
  const std::vector<std::int64_t> taps = {filter.dims[2], filter.dims[3]};
  if (list(node, "kernel_shape", taps) != taps)
    throw Unsupported{"kernel_shape must be that of the filter"};
  const Geometry g = geometry(node, in, map.padding, taps);
  if (g.overhangs) throw Unsupported{"ceil_mode is no attribute of a convolution"};
  const std::size_t columns = in.channels * g.window.kernel_height * g.window.kernel_width;
  require_reasonable(rows, columns);
  Product product;
  product.name = node.name;
  product.weights_name = node.inputs[1];
  product.source = map.unpadded();
  product.weights = expand_grouped_convolution(
      Matrix<float>(rows, columns / conv_groups, filter.floats), conv_groups);
  product.groups = groups_of(node, product.weights);
  product.window = g.window;
  product.stride = g.stride;
  product.conv_groups = conv_groups;
  product.bias.assign(rows, 0);
  if (has_input(node, 2)) {
    const OnnxTensor& bias = float_tensor(node, 2, "the bias");
    if (bias.floats.size() != rows)
      throw Unsupported{fmt::format("bias is {}: must have {} values", dimensions(bias), rows)};
    product.bias.assign(bias.floats.begin(), bias.floats.end());
  }
  const std::string what =
      fmt::format("filter matrix {} x {}{}{}", rows, columns,
                  conv_groups > 1 ? fmt::format(", {} diagonal blocks", conv_groups) : "",
                  combined_text(product));
  const Shape out{rows, g.window.out_height, g.window.out_width};
  give(node, {std::move(product), out});
  return what;
}

std::string GraphImporter::dense(const OnnxNode& node, Matrix<float> weights,
                                 std::vector<double> bias) {
  const MapValue map = map_input(node, 0);
  const Value& value = input(node, 0);
  const Shape& in = value.shape;
  if (!in.flat() || map.padding.any())
    throw Unsupported{"must read a vector: a Flatten is missing before it"};
  if (weights.cols() != in.size()) {
    throw Unsupported{
        fmt::format("weights are for {} inputs, it reads {}", weights.cols(), in.size())};
  }
  require_reasonable(weights.rows(), weights.cols());
  Product product;
  product.name = node.name;
  product.weights_name = node.inputs[1];
  product.source = map;
  product.window = {in.height, in.width, 1, 1, 0, 0, 1, 1};
  if (in.height > 256 || in.width > 256)
    throw Unsupported{
        fmt::format("reads a map of {} x {}: at most 256 x 256", in.height, in.width)};
  product.bias = std::move(bias);
  if (in.order == Order::kVectorLast) weights = channels_first(weights, in);
  product.groups = groups_of(node, weights);
  const std::string what = fmt::format(
      "filter matrix {} x {}{}{}", weights.rows(), weights.cols(),
      in.height * in.width > 1 ? fmt::format(", {} x {} taps", in.height, in.width) : "",
      combined_text(product));
  const Shape out{weights.rows(), 1, 1, Order::kVector};
  product.weights = std::move(weights);
  give(node, {std::move(product), out});
  return what;
}

std::string GraphImporter::gemm(const OnnxNode& node) {
  const OnnxTensor& b = float_tensor(node, 1, "B");
  if (b.dims.size() != 2)
    throw Unsupported{fmt::format("B is {}: must have 2 dimensions", dimensions(b))};
  if (integer(node, "transA", 0) != 0) throw Unsupported{"transA must be 0"};
  const auto first = static_cast<std::size_t>(b.dims[0]);
  const auto second = static_cast<std::size_t>(b.dims[1]);
  const bool transposed = integer(node, "transB", 0) != 0;
  const std::size_t rows = transposed ? first : second;
  const std::size_t columns = transposed ? second : first;
  if (rows == 0 || columns == 0) throw Unsupported{"B is empty"};
  const float alpha = real(node, "alpha", 1);
  const float beta = real(node, "beta", 1);
  if (!std::isfinite(alpha) || !std::isfinite(beta))
    throw Unsupported{"alpha and beta must be finite"};
  Matrix<float> weights(rows, columns);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t m = 0; m < columns; ++m)
      weights(n, m) = alpha * b.floats[transposed ? n * columns + m : m * rows + n];
  }
  std::vector<double> bias(rows, 0);
  if (has_input(node, 2)) {
    bias = per_channel(float_tensor(node, 2, "C"), {rows, 1, 1, Order::kVector});
    for (double& value : bias) value *= beta;
  }
  return dense(node, std::move(weights), std::move(bias));
}

std::string GraphImporter::matrix_product(const OnnxNode& node) {
  const OnnxTensor& b = float_tensor(node, 1, "the second matrix");
  if (b.dims.size() != 2)
    throw Unsupported{fmt::format("second matrix is {}: must have 2 dimensions", dimensions(b))};
  const auto columns = static_cast<std::size_t>(b.dims[0]);
  const auto rows = static_cast<std::size_t>(b.dims[1]);
  if (rows == 0 || columns == 0) throw Unsupported{"the second matrix is empty"};
  Matrix<float> weights(rows, columns);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t m = 0; m < columns; ++m) weights(n, m) = b.floats[m * rows + n];
  }
  return dense(node, std::move(weights), std::vector<double>(rows, 0));
}

}  // namespace colcomb::interchange
