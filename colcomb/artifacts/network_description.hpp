#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/filter_matrix.hpp"

namespace colcomb {

/// Activations are unsigned 8-bit numbers of this step: 6 / 256 (ReLU6 fills the range).
inline constexpr double kActivationStep = 6.0 / 256.0;

enum class LayerKind : std::uint8_t {
  kConvolution,  // k x k taps per channel; k = 1 is pointwise
  kShift,        // each channel at its own offset, then pointwise
  kLinear,       // pointwise on the globally average-pooled 1 x 1 map; gives the logits
};
[[nodiscard]] const char* name_of(LayerKind kind);

/// One layer of a network: everything about it but its weights. All but the linear layer are
/// followed by batch norm and ReLU6.
struct LayerDescription {
  std::string name;  // e.g. "conv0", "block1.layer2", "linear"; unique
  LayerKind kind = LayerKind::kConvolution;
  std::size_t in_channels = 0;
  std::size_t out_channels = 0;
  std::size_t kernel = 1;       // k of a convolution; reach of the shifts of a shift layer
  std::size_t stride = 1;       // output (y, x) reads input (y * stride + dy, x * stride + dx)
  std::size_t alpha = 1;        // most columns in one group
  std::vector<Column> columns;  // M column descriptors of the filter matrix
  std::size_t in_height = 0;    // input map; 1 x 1 for the linear layer
  std::size_t in_width = 0;
  /// Output of this earlier layer (index), of at most out_channels channels, is added before ReLU6
  /// without parameters: with s = residual_stride, its (n, y * s, x * s) to this layer's (n, y, x),
  /// and nothing to the rows n beyond its channels.
  std::optional<std::size_t> residual;

  /// ceil(in / stride); the padding never changes the size.
  [[nodiscard]] std::size_t out_height() const { return (in_height + stride - 1) / stride; }
  [[nodiscard]] std::size_t out_width() const { return (in_width + stride - 1) / stride; }
  bool operator==(const LayerDescription&) const = default;
};

/// Shape and normalization of the raw unsigned 8-bit images a network reads.
struct InputDescription {
  std::size_t channels = 3;
  std::size_t height = 32;
  std::size_t width = 32;
  std::vector<double> mean;  // per channel, of pixel / 255
  std::vector<double> std;   // per channel, of pixel / 255
  /// Checkerboard reshape (space-to-depth) by s before the first layer: channel c, row y, column x
  /// becomes channel (c * s + y % s) * s + x % s at (y / s, x / s). 1: none.
  std::size_t reshape_stride = 1;

  bool operator==(const InputDescription&) const = default;
};

/// A chain of layers; layer i reads layer i - 1, layer 0 the image, the last is the linear one.
struct NetworkDescription {
  InputDescription input;
  std::size_t classes = 10;
  double dropout = 0;  // probability before the linear layer, in training alone
  std::vector<LayerDescription> layers;

  bool operator==(const NetworkDescription&) const = default;
};

/// s of the residual addition into layer `layer`: the product of the strides from the layer after
/// its source to itself, so that both numbers of the sum belong to one place of the image. The
/// source's map is s times as large: out_height = ceil(source's / s), and so the width. Requires:
/// layer `layer` has a residual source, an earlier one; strides are at least 1.
[[nodiscard]] std::size_t residual_stride(const NetworkDescription& network, std::size_t layer);

/// Errors: UserError (file `where`) naming the first field that breaks a rule: shapes that do not
/// chain, columns out of range, missing linear layer, ...
void validate(const NetworkDescription& network, const std::string& where);

}  // namespace colcomb
