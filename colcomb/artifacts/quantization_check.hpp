#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace colcomb {

/// A power ratio in decibels; absent without noise or without signal.
struct SignalToNoise {
  double signal = 0;  // sum of squares of the float network's values
  double noise = 0;   // sum of squares of the differences

  /// Adds a value of the float network and the other's in its place.
  void add(double real, double other) {
    signal += real * real;
    noise += (other - real) * (other - real);
  }
  /// Adds the sums over other values.
  void add(const SignalToNoise& more) {
    signal += more.signal;
    noise += more.noise;
  }
  /// 10 log10(signal / noise); absent without noise.
  [[nodiscard]] std::optional<double> decibels() const;
};

/// A value of the integer network and the float network's in the same place.
struct ValuePair {
  std::uint64_t image = 0;    // of those that were compared
  std::uint64_t channel = 0;  // of the layer's outputs
  std::uint64_t y = 0;        // row of the pixel
  std::uint64_t x = 0;        // column of the pixel
  double real = 0;            // in the float network
  double integer = 0;         // in real units

  [[nodiscard]] double difference() const;  // |integer - real|
};

/// The outputs of a layer (of the classifier: the logits) or of global pooling, over all images.
struct StageCheck {
  std::string name;             // the layer's, or "pooling"
  double step = 0;              // real value of one unit of the outputs
  ValuePair worst;              // the first pair of the largest difference
  SignalToNoise noise;          // of the outputs against the float network's
  std::uint64_t values = 0;     // that were compared
  std::uint64_t clamped = 0;    // values that the clamp at 255 is asked of: behind a layer's ReLU6,
                                // in front of its pooling windows
  std::uint64_t saturated = 0;  // of these, those that it changes
};

/// What quantizing one layer does to the whole. The counts are of images whose top-1 class is the
/// float network's.
struct LayerSensitivity {
  std::string name;           // the layer's
  std::uint64_t only = 0;     // this layer quantized, all others in floating point
  std::uint64_t up_to = 0;    // this layer and all before it quantized
  std::uint64_t all_but = 0;  // all other layers quantized
  SignalToNoise only_logits;  // of the logits with this layer alone quantized
};

/// What rounding a layer's weights costs with scales of one kind.
struct ScaledWeights {
  SignalToNoise weights;          // against the folded ones
  std::uint64_t coarse_rows = 0;  // rows whose largest integer is below kCoarse
  SignalToNoise only_logits;      // as LayerSensitivity's

  /// Rows with smaller integers have fewer than 4 bits and a sign.
  static constexpr int kCoarse = 8;
};

/// Of a hidden layer: what a scale for each row is worth.
struct LayerScales {
  std::string name;        // the layer's
  std::uint64_t rows = 0;  // that have a weight
  ScaledWeights layer;     // with one scale for the layer
  ScaledWeights channel;   // with a scale for each row

  /// Noise power of the logits that scales for each row take away, this layer alone quantized.
  [[nodiscard]] double gain() const { return layer.only_logits.noise - channel.only_logits.noise; }
};

/// The whole network with scales of one kind.
struct ScalesOutcome {
  std::uint64_t agreeing = 0;  // images whose top-1 class is the float network's
  SignalToNoise logits;        // against the float network's
};

/// What quantization changed, on some images.
struct QuantizationCheck {
  std::uint64_t images = 0;                   // that were compared
  std::uint64_t agreeing = 0;                 // top-1 as the float network's, all layers quantized
  std::vector<StageCheck> stages;             // hidden layers, pooling (if any), the classifier
  std::vector<LayerSensitivity> sensitivity;  // per layer
  std::vector<LayerScales> scales;            // per hidden layer
  ScalesOutcome layer_scales;                 // with one scale for each layer
  ScalesOutcome channel_scales;               // with a scale for each row

  /// The layer that, quantized alone, leaves the logits the most noise. Requires: a layer.
  [[nodiscard]] std::size_t noisiest_layer() const;
  /// The hidden layer whose logits gain most by a scale for each row. Requires: a hidden layer.
  [[nodiscard]] std::size_t most_gaining_layer() const;
};

}  // namespace colcomb
