#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room: what a value of the graph is while a model is imported. Batches are left
// out of all shapes.
namespace colcomb::interchange {

/// A node breaks a rule; caught where the nodes are walked.
struct Unsupported {
  std::string text;
};

/// Where a plain ReLU ends.
inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

struct Shape {
  std::size_t channels = 0;
  std::size_t height = 1;
  std::size_t width = 1;
  bool flat = false;  // one vector, in the order (channel, y, x)

  [[nodiscard]] std::size_t size() const { return channels * height * width; }
};

struct Padding {
  std::size_t top = 0, left = 0, bottom = 0, right = 0;

  [[nodiscard]] bool any() const { return top + left + bottom + right > 0; }
};

/// A map whose values are never negative, or the image.
struct MapValue {
  std::optional<std::size_t> layer;  // whose output it is; nothing: the image
  Padding padding;                   // of zeros, around that output
  bool averaged = false;             // the mean over the whole map
};

/// A window of a pooling that moves by `stride`.
struct PoolingWindow {
  std::size_t kernel_height = 1, kernel_width = 1;
  std::size_t stride = 1;
  std::size_t pad_top = 0, pad_left = 0;
  std::size_t out_height = 1, out_width = 1;
};

/// A model's batch norm, with an epsilon of its own where BatchNorm has kBatchNormEpsilon.
struct ModelNorm : BatchNorm {
  double epsilon = kBatchNormEpsilon;
};

/// A filter matrix's product that no ReLU has followed yet, so that it may be negative.
struct Product {
  std::string name;  // of the node it comes from
  MapValue source;
  Matrix<float> weights;  // N x M
  Window window;
  std::size_t stride = 1;
  std::size_t conv_groups = 1;  // of a grouped convolution
  std::vector<double> bias;     // N; 0 with batch norm
  std::optional<ModelNorm> norm;
  std::optional<std::size_t> residual;  // layer whose output is added behind that
  std::vector<PoolingWindow> poolings;  // maxima, which may be taken before or after ReLU
};

/// The values of a graph's name. Integers are shapes on their way to a Reshape; the batch is 0.
using Content =
    std::variant<std::monostate, MapValue, Product, std::vector<std::int64_t>, OnnxTensor>;

struct Value {
  Content content;  // monostate: given by an unsupported node
  Shape shape;      // of maps and products
};

}  // namespace colcomb::interchange
