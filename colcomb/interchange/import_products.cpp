// Convolutions and matrix products, and what may be folded into them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

std::string dimensions(const OnnxTensor& tensor) {
  return fmt::format("{}", fmt::join(tensor.dims, " x "));
}

/// `norm` applied behind y * scale + offset.
void fold_into_norm(BatchNorm& norm, const std::vector<double>& scale,
                    const std::vector<double>& offset) {
  for (std::size_t n = 0; n < scale.size(); ++n) {
    norm.weight[n] = static_cast<float>(norm.weight[n] * scale[n]);
    norm.bias[n] = static_cast<float>(norm.bias[n] * scale[n] + offset[n]);
  }
}

void require_open(const Product& product, const char* what) {
  if (!product.residual && product.poolings.empty()) return;
  throw Unsupported{
      fmt::format("{} behind a residual addition or a pooling: a ReLU must come first", what)};
}

}  // namespace

std::string GraphImporter::convolution(const OnnxNode& node) {
  const MapValue map = map_input(node, 0);
  const Value& value = input(node, 0);
  if (value.shape.flat) throw Unsupported{"must read a map, not a vector"};
  const OnnxTensor& filter = float_tensor(node, 1, "the filter");
  if (filter.dims.size() != 4) {
    throw Unsupported{fmt::format("filter is {}: must have 4 dimensions", dimensions(filter))};
  }
  const Shape& padded = value.shape;
  const Shape in{padded.channels, padded.height - map.padding.top - map.padding.bottom,
                 padded.width - map.padding.left - map.padding.right, false};
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
  product.source = {map.layer, {}, map.averaged, map.pooled};
  product.weights = expand_grouped_convolution(
      Matrix<float>(rows, columns / conv_groups, filter.floats), conv_groups);
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
      fmt::format("filter matrix {} x {}{}", rows, columns,
                  conv_groups > 1 ? fmt::format(", {} diagonal blocks", conv_groups) : "");
  const Shape out{rows, g.window.out_height, g.window.out_width, false};
  give(node, {std::move(product), out});
  return what;
}

std::string GraphImporter::dense(const OnnxNode& node, Matrix<float> weights,
                                 std::vector<double> bias) {
  const MapValue map = map_input(node, 0);
  const Value& value = input(node, 0);
  const Shape& in = value.shape;
  if (!in.flat || map.padding.any())
    throw Unsupported{"must read a vector: a Flatten is missing before it"};
  if (weights.cols() != in.size()) {
    throw Unsupported{
        fmt::format("weights are for {} inputs, it reads {}", weights.cols(), in.size())};
  }
  require_reasonable(weights.rows(), weights.cols());
  Product product;
  product.name = node.name;
  product.source = map;
  product.window = {in.height, in.width, 1, 1, 0, 0, 1, 1};
  if (in.height > 256 || in.width > 256)
    throw Unsupported{
        fmt::format("reads a map of {} x {}: at most 256 x 256", in.height, in.width)};
  product.bias = std::move(bias);
  const std::string what = fmt::format(
      "filter matrix {} x {}{}", weights.rows(), weights.cols(),
      in.height * in.width > 1 ? fmt::format(", {} x {} taps", in.height, in.width) : "");
  const Shape out{weights.rows(), 1, 1, true};
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
    bias = per_channel(float_tensor(node, 2, "C"), {rows, 1, 1, true});
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

Product GraphImporter::product_of(const Value& value) const {
  if (const auto* product = std::get_if<Product>(&value.content)) return *product;
  const auto* map = std::get_if<MapValue>(&value.content);
  if (map == nullptr) throw Unsupported{"must read what is computed from the image"};
  if (value.shape.flat && !map->averaged && value.shape.height * value.shape.width > 1)
    throw Unsupported{"must read a map, before it is flattened"};
  const std::size_t channels = value.shape.channels;
  require_reasonable(channels, channels);
  Product product;
  product.source = {map->layer, {}, map->averaged, map->pooled};
  product.weights = Matrix<float>(channels, channels);
  for (std::size_t c = 0; c < channels; ++c) product.weights(c, c) = 1;
  product.bias.assign(channels, 0);
  product.window.pad_top = map->padding.top;
  product.window.pad_left = map->padding.left;
  product.window.out_height = value.shape.height;
  product.window.out_width = value.shape.width;
  return product;
}

std::string GraphImporter::batch_normalization(const OnnxNode& node) {
  const Value& value = input(node, 0);
  if (integer(node, "training_mode", 0) != 0) throw Unsupported{"training_mode must be 0"};
  if (integer(node, "spatial", 1) != 1) throw Unsupported{"spatial must be 1"};
  if (value.shape.flat && value.shape.height * value.shape.width > 1)
    throw Unsupported{"must read a map, before it is flattened"};
  Product product = product_of(value);
  if (product.name.empty()) product.name = node.name;
  require_open(product, "batch norm");
  const std::size_t channels = product.weights.rows();
  const auto vector = [&](std::size_t i, const char* what) {
    const OnnxTensor& tensor = float_tensor(node, i, what);
    if (tensor.floats.size() != channels) {
      throw Unsupported{
          fmt::format("{} is {}: must have {} values", what, dimensions(tensor), channels)};
    }
    return tensor.floats;
  };
  ModelNorm norm{{vector(1, "scale"), vector(2, "B"), vector(3, "mean"), vector(4, "var")},
                 real(node, "epsilon", 1e-5F)};
  for (const float variance : norm.variance) {
    if (!(variance >= 0 && norm.epsilon >= 0 && variance + norm.epsilon > 0)) {
      throw Unsupported{fmt::format("var is {} and epsilon {}: must be at least 0, and not both 0",
                                    variance, norm.epsilon)};
    }
  }
  const std::string what = std::holds_alternative<Product>(value.content)
                               ? "batch norm of " + product.name
                               : "a pointwise layer with batch norm";
  if (product.norm) {
    std::vector<double> scale, offset;
    for (std::size_t n = 0; n < channels; ++n) {
      scale.push_back(norm.weight[n] / std::sqrt(norm.variance[n] + norm.epsilon));
      offset.push_back(norm.bias[n] - norm.mean[n] * scale.back());
    }
    fold_into_norm(*product.norm, scale, offset);
  } else {
    for (std::size_t n = 0; n < channels; ++n) {
      norm.mean[n] = static_cast<float>(norm.mean[n] - product.bias[n]);
      product.bias[n] = 0;
    }
    product.norm = std::move(norm);
  }
  const Shape shape = value.shape;
  give(node, {std::move(product), shape});
  return what;
}

std::vector<double> GraphImporter::per_channel(const OnnxTensor& constant,
                                               const Shape& shape) const {
  if (constant.floats.size() == 1)
    return std::vector<double>(shape.channels, constant.floats.front());
  // Right-aligned with (batch, channels) or (batch, channels, height, width).
  const std::size_t behind = shape.flat ? 0 : 2;
  const std::size_t rank = constant.dims.size();
  bool fits = constant.floats.size() == shape.channels && rank > behind && rank <= behind + 2 &&
              (!shape.flat || shape.height * shape.width == 1);
  for (std::size_t i = 0; fits && i < rank; ++i) {
    const bool channel = i + behind + 1 == rank;
    fits = constant.dims[i] == (channel ? static_cast<std::int64_t>(shape.channels) : 1);
  }
  if (!fits) {
    throw Unsupported{fmt::format("constant is {}: must be one number per channel of {} x {} x {}",
                                  dimensions(constant), shape.channels, shape.height, shape.width)};
  }
  return {constant.floats.begin(), constant.floats.end()};
}

std::string GraphImporter::affine(const OnnxNode& node, Value value,
                                  const std::vector<double>& scale,
                                  const std::vector<double>& offset, const char* what) {
  Product product = product_of(value);
  if (product.name.empty()) product.name = node.name;
  require_open(product, what);
  for (const double s : scale) {
    if (!std::isfinite(s)) throw Unsupported{"scales by an infinite number"};
  }
  if (product.norm) {
    fold_into_norm(*product.norm, scale, offset);
  } else {
    for (std::size_t n = 0; n < scale.size(); ++n) {
      for (float& weight : product.weights.row(n)) weight = static_cast<float>(weight * scale[n]);
      product.bias[n] = product.bias[n] * scale[n] + offset[n];
    }
  }
  const std::string text = fmt::format("{} of {}", what, product.name);
  value.content = std::move(product);
  give(node, std::move(value));
  return text;
}

void GraphImporter::require_one_constant(const OnnxNode& node) const {
  if (tensor(node, 0) == nullptr || tensor(node, 1) == nullptr) return;
  throw Unsupported{"both of its inputs are constants: fold constants before exporting the model"};
}

std::string GraphImporter::addition(const OnnxNode& node) {
  require_one_constant(node);
  for (const std::size_t constant : {1, 0}) {
    if (tensor(node, constant) == nullptr) continue;
    const Value value = input(node, 1 - constant);
    const std::vector<double> offset =
        per_channel(float_tensor(node, constant, "the constant"), value.shape);
    return affine(node, value, std::vector<double>(offset.size(), 1), offset, "bias");
  }
  const Value* const a = &input(node, 0);
  const Value* const b = &input(node, 1);
  if (a->shape.channels != b->shape.channels || a->shape.height != b->shape.height ||
      a->shape.width != b->shape.width || a->shape.flat != b->shape.flat)
    throw Unsupported{"adds maps of different shapes"};
  if (std::holds_alternative<Product>(a->content) && std::holds_alternative<Product>(b->content)) {
    throw Unsupported{
        "adds two filter matrices' products before one ReLU (a projection shortcut): not yet "
        "supported"};
  }
  const auto* map_a = std::get_if<MapValue>(&a->content);
  const auto* map_b = std::get_if<MapValue>(&b->content);
  // The product, or the later of two layers, is what the other, the residual source, is added to.
  const bool second_is_sum = map_a != nullptr && (map_b == nullptr || map_b->layer >= map_a->layer);
  const Value& sum = second_is_sum ? *b : *a;
  const MapValue source = second_is_sum ? *map_a : map_b != nullptr ? *map_b : MapValue{};
  if (!source.layer || source.padding.any() || source.averaged) {
    throw Unsupported{"adds the image, a padded map or a mean: only a layer's output can be added"};
  }
  Product product = product_of(sum);
  if (product.name.empty()) product.name = node.name;
  require_open(product, "a residual addition");
  product.residual = source.layer;
  product.residual_pooled = source.pooled;
  const Shape shape = sum.shape;
  const std::string what = "residual addition into " + product.name;
  if (map_a != nullptr && map_b != nullptr) {  // neither is negative, so their sum is not
    give(node, {chain_.append(std::move(product), kNoLimit), shape});
  } else {
    give(node, {std::move(product), shape});
  }
  return what;
}

std::string GraphImporter::scaling(const OnnxNode& node) {
  require_one_constant(node);
  const bool subtracts = node.op == "Sub";
  const bool divides = node.op == "Div";
  const std::size_t constant = tensor(node, 1) != nullptr ? 1 : 0;
  if (tensor(node, constant) == nullptr) throw Unsupported{"one of its inputs must be a constant"};
  if (divides && constant == 0) throw Unsupported{"divides by what is computed from the image"};
  const Value value = input(node, 1 - constant);
  const std::vector<double> numbers =
      per_channel(float_tensor(node, constant, "the constant"), value.shape);
  std::vector<double> scale(numbers.size(), 1);
  std::vector<double> offset(numbers.size(), 0);
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    if (!subtracts) {
      scale[n] = divides ? 1 / numbers[n] : numbers[n];
    } else if (constant == 1) {
      offset[n] = -numbers[n];
    } else {
      scale[n] = -1;
      offset[n] = numbers[n];
    }
  }
  return affine(node, value, scale, offset, subtracts ? "bias" : "scale");
}

}  // namespace colcomb::interchange
