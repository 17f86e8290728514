#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/interchange/import.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room: what a value of the graph is while a model is imported. Batches are left
// out of all shapes.
namespace colcomb::interchange {

/// A node breaks a rule; caught where the nodes are walked.
struct Unsupported {
  std::string text;         // attribute, value and rule
  std::string advice = {};  // what to do; empty: follows from the text
};

/// Where a plain ReLU ends.
inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

/// How the graph orders the dimensions of a value, batch first.
enum class Order {
  kChannelsFirst,  // channels x height x width
  kChannelsLast,   // height x width x channels
  kNoChannels,     // height x width, of one channel
  kVector,         // one vector, in the order (channel, y, x)
  kVectorLast,     // one vector, in the order (y, x, channel)
};

struct Shape {
  std::size_t channels = 0;
  std::size_t height = 1;
  std::size_t width = 1;
  Order order = Order::kChannelsFirst;

  [[nodiscard]] std::size_t size() const { return channels * height * width; }
  [[nodiscard]] bool flat() const { return order == Order::kVector || order == Order::kVectorLast; }
  /// As the graph has them, without the batch.
  [[nodiscard]] std::vector<std::int64_t> dims() const;
};

/// Errors: Unsupported if the value is no map of channels x height x width.
void require_map(const Shape& shape);

struct Padding {
  std::size_t top = 0, left = 0, bottom = 0, right = 0;

  [[nodiscard]] bool any() const { return top + left + bottom + right > 0; }
};

/// A layer's map, whose values are never negative but for signed layers, or the image; or several
/// maps of one size joined along their channels.
struct MapValue {
  std::optional<std::size_t> layer;  // whose output it is; nothing: the image
  Padding padding;                   // of zeros, around that output
  bool averaged = false;             // the mean over the whole map
  bool pooled = false;               // behind the layer's pooling windows
  /// Maps of layers whose channels follow (Concat). Of these `layer` and `pooled` alone count.
  std::vector<MapValue> joined;
  /// Of the image: per channel, what the graph makes of what it is given, scale * x + offset with
  /// scale > 0. Empty: nothing.
  std::vector<double> scale, offset;

  [[nodiscard]] MapValue unpadded() const {
    MapValue map = *this;
    map.padding = {};
    return map;
  }
};

/// A model's batch norm, with an epsilon of its own where BatchNorm has kBatchNormEpsilon.
struct ModelNorm : BatchNorm {
  double epsilon = kBatchNormEpsilon;
};

/// A further map that a product reads, how, and by which columns of its weights: those behind the
/// columns of the maps before.
struct ProductInput {
  MapValue source;
  Window window;
  std::size_t stride = 1;
};

/// A filter matrix's product that no ReLU has followed yet, so that it may be negative.
struct Product {
  std::string name;          // of the node it comes from
  std::string weights_name;  // of the value that the node reads as its weights
  MapValue source;
  Matrix<float> weights;  // N x M
  Window window;
  std::size_t stride = 1;
  std::vector<ProductInput> more;  // of a sum of several products
  std::size_t conv_groups = 1;     // of a grouped convolution
  /// Of the columns, where the model says some; each row has one nonzero a group at most.
  std::optional<ColumnGroups> groups;
  std::vector<double> bias;  // N; 0 with batch norm
  std::optional<ModelNorm> norm;
  std::optional<std::size_t> residual;     // layer whose output is added behind that,
  bool residual_pooled = false;            // behind its pooling windows
  std::vector<PoolingWindow> poolings;     // maxima, which may be taken before or after ReLU
  double upper = kNoLimit;                 // where the values behind all that end
  bool is_signed = false;                  // no ReLU will follow
  std::optional<ScalarFunction> function;  // in place of ReLU
};

struct Value;

/// A function of every number of another value, which nothing but such functions has read yet.
struct FunctionOf {
  std::string base;                 // the other value's name in the graph
  std::shared_ptr<const Value> of;  // a map or a product
  ScalarFunction function;          // named as a function of x
};

using Content = std::variant<std::monostate, MapValue, Product, OnnxTensor, FunctionOf>;

struct Value {
  Content content;  // monostate: given by an unsupported node
  Shape shape;      // of maps and products
};

}  // namespace colcomb::interchange
