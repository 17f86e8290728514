// What is folded into matrix products or the image's normalization: constants and batch norm.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

/// `norm` applied behind y * scale + offset.
void fold_into_norm(BatchNorm& norm, const std::vector<double>& scale,
                    const std::vector<double>& offset) {
  for (std::size_t n = 0; n < scale.size(); ++n) {
    norm.weight[n] = static_cast<float>(norm.weight[n] * scale[n]);
    norm.bias[n] = static_cast<float>(norm.bias[n] * scale[n] + offset[n]);
  }
}

/// A batch norm with running statistics as y = scale * x + offset.
struct NormFactors {
  std::vector<double> scale, offset;

  explicit NormFactors(const ModelNorm& norm) {
    for (std::size_t n = 0; n < norm.weight.size(); ++n) {
      scale.push_back(norm.weight[n] / std::sqrt(norm.variance[n] + norm.epsilon));
      offset.push_back(norm.bias[n] - norm.mean[n] * scale.back());
    }
  }
};

}  // namespace

Product GraphImporter::product_of(const Value& value) const {
  if (const auto* product = std::get_if<Product>(&value.content)) return *product;
  const auto* map = std::get_if<MapValue>(&value.content);
  if (map == nullptr) throw Unsupported{"must read what is computed from the image"};
  if (value.shape.flat() && !map->averaged && value.shape.height * value.shape.width > 1)
    throw Unsupported{"must read a map, before it is flattened"};
  Product product = chain_.identity_of(map->unpadded());
  product.window.pad_top = map->padding.top;
  product.window.pad_left = map->padding.left;
  product.window.out_height = value.shape.height;
  product.window.out_width = value.shape.width;
  return product;
}

void GraphImporter::require_foldable(const Product& product, const char* what) {
  if (product.poolings.empty() && std::isinf(product.upper)) return;
  throw Unsupported{fmt::format("{} behind a pooling or a minimum: a ReLU must come first", what),
                    "move it in front, or put a ReLU in between"};
}

void GraphImporter::require_open(const Product& product, const char* what) {
  require_foldable(product, what);
  if (!product.residual) return;
  throw Unsupported{fmt::format("{} behind a residual addition: a ReLU must come first", what),
                    "move it in front of the addition, or put a ReLU in between"};
}

bool GraphImporter::normalizes_image(const OnnxNode& node, const Value& value,
                                     const std::vector<double>& scale,
                                     const std::vector<double>& offset) {
  const auto* map = std::get_if<MapValue>(&value.content);
  const bool usable =
      std::ranges::all_of(scale, [](double s) { return s > 0 && std::isfinite(s); });
  if (map == nullptr || map->layer || map->padding.any() || !usable) return false;
  MapValue image = *map;
  if (image.scale.empty()) {
    image.scale.assign(scale.size(), 1);
    image.offset.assign(scale.size(), 0);
  }
  for (std::size_t c = 0; c < scale.size(); ++c) {
    image.scale[c] *= scale[c];
    image.offset[c] = image.offset[c] * scale[c] + offset[c];
  }
  give(node, {std::move(image), value.shape});
  return true;
}

std::vector<double> GraphImporter::per_channel(const OnnxTensor& constant,
                                               const Shape& shape) const {
  if (constant.floats.size() == 1)
    return std::vector<double>(shape.channels, constant.floats.front());
  // Right-aligned with the value's dimensions, batch included.
  std::size_t behind = 0;  // dimensions behind the channels
  if (shape.order == Order::kChannelsFirst) behind = 2;
  const std::size_t most = shape.dims().size() + 1;
  const std::size_t rank = constant.dims.size();
  bool fits = constant.floats.size() == shape.channels && rank > behind && rank <= most &&
              shape.order != Order::kNoChannels &&
              (!shape.flat() || shape.height * shape.width == 1);
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

std::vector<double> GraphImporter::operand(const OnnxNode& node, std::size_t i,
                                           const Value& value) const {
  OnnxTensor constant = float_tensor(node, i, "the constant");
  constant.dims = aligned_dims(node, constant.dims, value.shape.dims().size() + 1);
  return per_channel(constant, value.shape);
}

ModelNorm GraphImporter::norm_of(const OnnxNode& node, std::size_t channels) const {
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
  return norm;
}

std::string GraphImporter::batch_normalization(const OnnxNode& node) {
  const Value& value = input(node, 0);
  if (integer(node, "spatial", 1) != 1) throw Unsupported{"spatial must be 1"};
  if (value.shape.flat()) {
    if (value.shape.height * value.shape.width > 1)
      throw Unsupported{"must read a map, before it is flattened"};
  } else {
    require_map(value.shape);
  }
  // In its training form it gives the batch's statistics too, and would use them.
  const bool trains = integer(node, "training_mode", 0) != 0 || node.outputs.size() > 1 ||
                      (graph_.opset < 7 && integer(node, "is_test", 0) == 0);
  const char* const form = trains ? ", in training form: its running statistics are used" : "";
  const ModelNorm norm = norm_of(node, value.shape.channels);
  const NormFactors factors(norm);
  if (normalizes_image(node, value, factors.scale, factors.offset))
    return std::string("normalization of the image") + form;
  Product product = open_product(node, 0);
  const std::string what = product.name.empty()
                               ? std::string("a pointwise layer with batch norm") + form
                               : "batch norm of " + product.name + form;
  if (product.name.empty()) product.name = node.name;
  if (product.norm) {
    fold_into_norm(*product.norm, factors.scale, factors.offset);
  } else {
    product.norm = norm;
    for (std::size_t n = 0; n < product.bias.size(); ++n) {
      product.norm->mean[n] = static_cast<float>(norm.mean[n] - product.bias[n]);
      product.bias[n] = 0;
    }
  }
  const Shape shape = value.shape;
  give(node, {std::move(product), shape});
  return what;
}

/// The product behind which a factor per channel can be folded. What has been added to or pooled by
/// then is a layer's output first, which a pointwise layer reads.
Product GraphImporter::open_product(const OnnxNode& node, std::size_t i) {
  const Value& value = input(node, i);
  const auto* product = std::get_if<Product>(&value.content);
  const bool closed = product != nullptr && (product->residual || !product->poolings.empty());
  if (closed) (void)map_input(node, i);
  Product open = product_of(input(node, i));
  require_open(open, "a factor");
  return open;
}

std::string GraphImporter::affine(const OnnxNode& node, std::size_t i,
                                  const std::vector<double>& scale,
                                  const std::vector<double>& offset, const char* what) {
  for (const double s : scale) {
    if (!std::isfinite(s)) throw Unsupported{"scales by an infinite number"};
  }
  Value value = input(node, i);
  if (normalizes_image(node, value, scale, offset)) return "normalization of the image";
  // A bias may as well be added before a residual and before maxima.
  const bool bias = std::ranges::all_of(scale, [](double s) { return s == 1; });
  Product product = bias ? product_of(value) : open_product(node, i);
  if (bias && std::isfinite(product.upper)) require_foldable(product, what);
  if (product.name.empty()) product.name = node.name;
  if (product.norm) {
    fold_into_norm(*product.norm, scale, offset);
  } else {
    for (std::size_t n = 0; n < scale.size(); ++n) {
      for (float& weight : product.weights.row(n)) weight = static_cast<float>(weight * scale[n]);
      product.bias[n] = product.bias[n] * scale[n] + offset[n];
    }
  }
  const std::string verdict = fmt::format("{} of {}", what, product.name);
  value.content = std::move(product);
  give(node, std::move(value));
  return verdict;
}

}  // namespace colcomb::interchange
