#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/activation_table.hpp"
#include "colcomb/artifacts/filter_matrix.hpp"
#include "colcomb/artifacts/layer_stack.hpp"
#include "colcomb/artifacts/pooling_window.hpp"
#include "colcomb/base/arithmetic.hpp"

namespace colcomb {

/// Activations are unsigned 8-bit numbers of this step: 6 / 256 (ReLU6 fills the range).
inline constexpr double kActivationScale = 6.0 / 256.0;

enum class LayerKind : std::uint8_t {
  kConvolution,  // k x k taps per channel; k = 1 is pointwise
  kShift,        // each channel at its own offset, then pointwise
};
[[nodiscard]] const char* name_of(LayerKind kind);

/// Taps and output of a convolution other than the k x k one with padding k / 2: output (y, x)
/// reads the input (y * stride + ky * dilation_height - pad_top, x * stride + kx * dilation_width -
/// pad_left) for 0 <= ky < kernel_height and 0 <= kx < kernel_width. The padding below and to the
/// right follows from the output's size.
struct Window {
  std::size_t kernel_height = 1;    // pixels of a window, from top to bottom
  std::size_t kernel_width = 1;     // from left to right
  std::size_t dilation_height = 1;  // pixels from one row of the kernel to the next
  std::size_t dilation_width = 1;   // from one column to the next
  std::size_t pad_top = 0;          // rows of padding above the map
  std::size_t pad_left = 0;         // columns of padding left of it
  std::size_t out_height = 1;       // rows of the map of sums
  std::size_t out_width = 1;        // columns of it

  bool operator==(const Window&) const = default;
};

/// Column descriptors of a convolution with this window, in the order (channel, dy, dx).
[[nodiscard]] std::vector<Column> window_columns(std::size_t channels, const Window& window);

/// A further map that a layer's columns read, and how.
struct InputPart {
  std::size_t source = 0;        // an earlier hidden layer (index), whose output it is
  std::size_t channels = 0;      // of that output
  std::size_t height = 0;        // of the map that is read
  std::size_t width = 0;         // likewise
  std::size_t kernel = 1;        // as the layer's own for the first map
  std::size_t stride = 1;        // from one pixel read to the next
  std::optional<Window> window;  // where it is not k x k with padding k / 2

  bool operator==(const InputPart&) const = default;
};

/// One layer of a network: everything about it but its weights. Hidden layers are followed by
/// ReLU6 or by an activation table, and some by pooling. The classifier has a bias and no ReLU6,
/// and its outputs are the logits: a pointwise convolution of the pooled 1 x 1 map, or, without
/// global pooling, a convolution whose one window is the whole map (a fully connected layer of the
/// flattened map).
struct LayerDescription {
  std::string name;  // e.g. "conv0", "block1.layer2", "linear"; unique; printable UTF-8
  LayerKind kind = LayerKind::kConvolution;  // how its columns read the input
  std::size_t in_channels = 0;               // of all maps that it reads
  std::size_t out_channels = 0;              // filters, N
  std::size_t kernel = 1;       // k of a convolution; reach of the shifts of a shift layer
  std::size_t stride = 1;       // output (y, x) reads input (y * stride + dy, x * stride + dx)
  std::size_t alpha = 1;        // most columns in one group
  std::vector<Column> columns;  // M column descriptors of the filter matrix
  std::size_t in_height = 0;    // input map
  std::size_t in_width = 0;     // of the map that it reads
  /// Hidden layer (index) before the one before this, whose output the columns read; nothing: the
  /// layer before, of the first layer the image. The image has no other reader.
  std::optional<std::size_t> source;
  /// Further maps that a convolution reads: one sum of several products. Columns stand in the order
  /// of the maps, and their channels are counted on from map to map; in_height, in_width, kernel,
  /// stride and window are those of the first map. All parts give sums of one size
  /// (input_parts.hpp). A Concat is nothing but several maps read alike.
  std::vector<InputPart> more_inputs;
  /// Output of this earlier layer (index), of at most out_channels channels, is added before ReLU6
  /// without parameters: with s = residual_stride, its (n, y * s, x * s) to this layer's sum (n, y,
  /// x), and nothing to the rows n beyond its channels.
  std::optional<std::size_t> residual;
  std::optional<Window> window;  // of some convolutions; `kernel` is 1 then, and says nothing
  bool batch_norm = true;        // false: a bias in its place; so in the classifier
  /// Weights that are part of the architecture (poolings, say): never trained, pruned or combined
  /// anew; they have a bias in place of batch norm.
  bool fixed = false;
  /// Groups of a grouped convolution (conv_groups.hpp): of equally many rows, which read equally
  /// many input channels. 1: every row reads every channel; in_channels: depthwise.
  std::size_t conv_groups = 1;
  /// Of a hidden layer: behind its ReLU6 or activation table.
  std::optional<PoolingWindow> pooling;
  /// Of a hidden layer: the activation function, if that is not ReLU6.
  std::optional<ActivationTable> activation;
  /// Of a hidden layer: the output byte that stands for 0, so that layers that read beyond the map
  /// find this value there. 0 but for maps that hold negative values.
  std::uint8_t zero = 0;

  /// Taps of the filter matrix per channel: 1 but for convolutions.
  [[nodiscard]] std::size_t kernel_height() const {
    return window ? window->kernel_height : kind == LayerKind::kConvolution ? kernel : 1;
  }
  /// Columns of pixels that a filter reads.
  [[nodiscard]] std::size_t kernel_width() const {
    return window ? window->kernel_width : kind == LayerKind::kConvolution ? kernel : 1;
  }
  /// Size of the map of sums, what ReLU6 reads: the window's; else ceil(in / stride), since padding
  /// k / 2 never changes the size.
  [[nodiscard]] std::size_t sum_height() const {
    return window ? window->out_height : ceil_divide(in_height, stride);
  }
  /// Columns of the map of sums.
  [[nodiscard]] std::size_t sum_width() const {
    return window ? window->out_width : ceil_divide(in_width, stride);
  }
  /// Pixels of the map of sums.
  [[nodiscard]] std::size_t sum_pixels() const { return sum_height() * sum_width(); }
  /// Size of the output map, which the next layer reads: the pooling's; else that of the sums.
  [[nodiscard]] std::size_t out_height() const {
    return pooling ? pooling->out_height : sum_height();
  }
  /// Columns of the map of outputs.
  [[nodiscard]] std::size_t out_width() const { return pooling ? pooling->out_width : sum_width(); }
  /// The words of one image that an array takes through the layer.
  [[nodiscard]] WordGrid words() const { return {sum_height(), sum_width(), pooling}; }
  /// Values of one image's input and output map: channels x height x width.
  [[nodiscard]] std::size_t input_size() const { return in_channels * in_height * in_width; }
  /// Bytes of the map of outputs: channels x height x width.
  [[nodiscard]] std::size_t output_size() const {
    return out_channels * out_height() * out_width();
  }
  bool operator==(const LayerDescription&) const = default;
};

/// Shape and normalization of the raw unsigned 8-bit images a network reads.
struct InputDescription {
  std::size_t channels = 3;  // of the picture, before the reshape
  std::size_t height = 32;   // pixels
  std::size_t width = 32;    // pixels
  std::vector<double> mean;  // per channel, of pixel / 255
  std::vector<double> std;   // per channel, of pixel / 255
  /// Checkerboard reshape (space-to-depth) by s before the first layer: channel c, row y, column x
  /// becomes channel (c * s + y % s) * s + x % s at (y / s, x / s). 1: none.
  std::size_t reshape_stride = 1;

  /// Bytes of one raw image: channels x height x width.
  [[nodiscard]] std::size_t size() const { return channels * height * width; }
  bool operator==(const InputDescription&) const = default;
};

/// What the classes mean. All texts are printable UTF-8.
struct DataDescription {
  std::string name;                      // of the data set, e.g. "cifar10"; empty: unknown
  std::vector<std::string> class_names;  // empty: unknown; else one per class

  bool operator==(const DataDescription&) const = default;
};

/// Hidden layer 0 reads the image, hidden layer i the output of hidden layer i - 1, or those that
/// LayerDescription::source and more_inputs name. Global average
/// pooling makes one value per channel of the last one's output, which the classifier reads;
/// without global pooling the classifier reads that output itself.
struct NetworkDescription : LayerStack<LayerDescription> {
  InputDescription input;      // what the first layer reads
  std::size_t classes = 10;    // logits
  bool global_pooling = true;  // means over the last map, in front of the classifier
  double dropout = 0;          // probability before the classifier, in training alone
  DataDescription data;        // what it was trained on

  /// Whether the hidden layer's output goes through global average pooling.
  [[nodiscard]] bool is_pooled(std::size_t index) const {
    return global_pooling && index + 1 == hidden.size();
  }
  bool operator==(const NetworkDescription&) const = default;
};

/// "max 3 x 2 / 1": kind, height and width of the windows, stride.
[[nodiscard]] std::string describe(const PoolingWindow& pooling);

/// "classifier", or the kind of hidden layer `layer`.
[[nodiscard]] const char* kind_name(const NetworkDescription& network, std::size_t layer);

/// The classifier "linear" on `channels` pooled values: a pointwise convolution with alpha 1.
[[nodiscard]] LayerDescription make_classifier(std::size_t channels, std::size_t classes);
/// The same on the whole map of channels x height x width values, without global pooling.
[[nodiscard]] LayerDescription make_flat_classifier(std::size_t channels, std::size_t height,
                                                    std::size_t width, std::size_t classes);

/// s of the residual addition into hidden layer `layer`: the product of the strides between its
/// source's output and its own sums, those of poolings included, so that both numbers of the sum
/// belong to one place of the image; 1 where the source is not behind any of the layer's inputs.
/// The source's map is s times as large: (sum_height - 1) * s lies in it, and so the width.
/// Requires: layer `layer` has a residual source, an earlier one; strides are at least 1.
[[nodiscard]] std::size_t residual_stride(const NetworkDescription& network, std::size_t layer);

/// Errors: UserError (file `where`) naming the first field that breaks a rule: shapes that do not
/// chain, columns out of range, no hidden layer, names that are not printable, ...
void validate(const NetworkDescription& network, const std::string& where);

}  // namespace colcomb
