#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/threads.hpp"

namespace colcomb::interchange {

/// What a model does not say of its input.
struct ImportOptions {
  /// Mean and standard deviation of pixel / 255 that the model's input was normalized by, one per
  /// channel of its input, or one for all.
  std::vector<double> mean = {0};
  std::vector<double> std = {1};  // by channel, or one for all
  /// Input height and width, pixels, of a model that leaves them open; 0: none given.
  std::size_t input_height = 0;
  std::size_t input_width = 0;  // likewise
  /// Most columns in a group of the hidden layers, 1 to 64; the first layer gets 1.
  std::size_t alpha = 8;
};

/// What becomes of one node of the graph.
struct NodeVerdict {
  /// What can become of a node.
  enum class Status {
    kSupported,
    kUnsupported,
    kUnchecked,  // reads what an unsupported node gives
  };
  std::string node;                    // its name
  std::string op;                      // its operator
  Status status = Status::kSupported;  // what becomes of it
  std::string text;         // what it becomes; or attribute, value and rule that it breaks
  std::string advice = {};  // of unsupported nodes: what to do; may be empty
};

/// "ok", "unsupported" or "unchecked".
[[nodiscard]] const char* name_of(NodeVerdict::Status status);

/// A function of one number, as the model's nodes compute it; its parameters may be a channel's
/// own.
struct ScalarFunction {
  std::string name;  // e.g. "HardSwish" or "x * Sigmoid(x + 1)"
  /// What it gives for a number of a channel; defined for every number.
  std::function<double(double x, std::size_t channel)> of;
  std::size_t channels = 1;  // that it differs by; 1: all have the same
};

/// A model as filter matrices that read each other's outputs, in the model's own numbers: hidden
/// layers end at `limits[i]` where ReLU6 would end at 6.
struct ImportedModel {
  std::vector<NodeVerdict> nodes;  // those the output depends on, in the file's order
  FloatNetwork network;            // empty unless supported()
  /// Per hidden layer: the model's own upper limit, infinity for plain ReLU.
  std::vector<double> limits;
  /// Per hidden layer: the first layer of those whose outputs must have one scale, since a residual
  /// addition or fixed weights tie them.
  std::vector<std::size_t> tied_to;
  /// Per hidden layer: what the model calls the values that became its weights; empty for layers
  /// that no convolution or product of the model's became.
  std::vector<std::string> weights_names;
  /// Per hidden layer: no ReLU follows it, so that its outputs may be negative. rescaled() adds an
  /// offset, and takes what that does to the layers behind from their biases.
  std::vector<bool> is_signed;
  /// Per hidden layer: the activation function that becomes its table, if that is no ReLU.
  std::vector<std::optional<ScalarFunction>> functions;
  /// The model's first nodes normalize the image themselves: network.description.input has that
  /// behind the mean and deviation of the options, which must then be stated for the model.
  bool normalizes = false;

  /// Whether every node is supported.
  [[nodiscard]] bool supported() const;
};

/// Reads an ONNX model and says of each node what becomes of it (docs/reference/onnx-import.md).
/// Weights of exactly 0 (pruned ones, and those outside a grouped convolution's blocks) are masked,
/// so that no regrouping brings them back.
/// Ensures: if every node is supported, `network` passes validate().
/// Errors: UserError naming the file if it is no ONNX model of one image input and one output; of
/// kind usage for options that do not fit the model.
[[nodiscard]] ImportedModel import_onnx(const std::filesystem::path& path,
                                        const ImportOptions& options);

/// The values of a map, or of sums, that 8 bits hold: -offset becomes 0, limit - offset becomes 6.
struct ValueRange {
  double limit = 0;   // how wide it is
  double offset = 0;  // how far it goes below 0
};

/// Where the outputs of a hidden layer are to end.
struct ActivationLimit {
  double limit = 0;      // A: the width that becomes 6; the same for layers that are tied
  double offset = 0;     // of signed layers: added to every output, so that -offset becomes 0; a
                         // multiple of limit / 256, so that 0 becomes a byte
  double saturated = 0;  // fraction of the measured outputs (of layers with an activation
                         // function: sums) that lie beyond
  std::optional<ValueRange> sums = {};  // of layers with an activation function: what it reads
};

/// How a layer's limit follows from its outputs on the images.
enum class LimitChoice {
  kMinMax,      // the largest output: nothing saturates, small outputs have coarse steps
  kPercentile,  // at most saturated_fraction of the outputs lie above it
  kLeastError,  // least mean squared error of the outputs rounded to 8 bits
};

/// All of them by the word that asks for it.
[[nodiscard]] const std::vector<std::pair<std::string, LimitChoice>>& limit_choices();

/// How limits are chosen.
struct LimitOptions {
  LimitChoice choice = LimitChoice::kPercentile;  // by which rule
  /// Of kPercentile: largest fraction of a layer's outputs that may lie above its limit. Raise it
  /// to give the many small outputs finer steps; a model's own limits (Clip) are kept whatever it
  /// is.
  double saturated_fraction = 1e-4;
  /// Threads that run the images; the result does not depend on it.
  std::size_t threads = 1;
  ProgressFunction progress = nullptr;  // counts images
};

/// Limits from what the model gives for `images` (raw 8-bit, C x H x W each, one after the other),
/// which must be training images.
/// Requires: model.supported(); images.size() is a multiple of one image's.
/// Errors: UserError naming the layer if an output is not finite.
[[nodiscard]] std::vector<ActivationLimit> measure_limits(const ImportedModel& model,
                                                          std::span<const std::uint8_t> images,
                                                          const LimitOptions& options);

/// The same limit for every layer whose own is infinite; signed ones end there on both sides.
/// Requires: model.supported(), limit > 0.
[[nodiscard]] std::vector<ActivationLimit> given_limits(const ImportedModel& model, double limit);

/// What the logits are divided by, so that no weight of the classifier is beyond 128, the largest
/// that 8 bits hold: a power of two, 1 for most models. The order of the classes stays.
/// Requires: as rescaled().
[[nodiscard]] double logit_divisor(const ImportedModel& model,
                                   const std::vector<ActivationLimit>& limits);

/// The network whose hidden layers end at 6, or have activation tables: by positive homogeneity of
/// ReLU, weights into a layer times 6 / its limit and weights out of it times its limit / 6 leave
/// the logits as they are, but for the outputs beyond a limit and for logit_divisor(). What a
/// signed layer gives has its offset added, which stands in its bias; layers that read or add it
/// have less in theirs. Requires: model.supported(); one limit per hidden layer, equal for tied
/// ones.
[[nodiscard]] FloatNetwork rescaled(const ImportedModel& model,
                                    const std::vector<ActivationLimit>& limits);

}  // namespace colcomb::interchange
