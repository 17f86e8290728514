#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/map.hpp"
#include "colcomb/semantics/real_layer.hpp"

namespace colcomb::quantization {

/// Activations of one image in units of the activation step 6/256.
using RealMap = semantics::BasicMap<double>;

/// Everything one image gives on its way, in units of the activation step.
struct RealTrace {
  std::vector<RealMap> outputs;  // of each hidden layer
  std::vector<double> pooled;    // per channel of the last map: what the linear layer reads; empty
                                 // without global pooling
  std::vector<double> logits;
};

/// Per layer: does it compute with rounded constants and round its outputs (the linear layer: the
/// pooled values it reads)?
using RoundedLayers = std::vector<bool>;

/// A trained network in doubles, each layer as training left it or fake-quantized. With no layer
/// rounded it is the float network in evaluation mode. With all rounded every operation is on whole
/// multiples of powers of two, so exact, and the values are the integer network's. It works on the
/// unpacked filter matrices and shares with the integer network only folding and the rounding of
/// weights.
class RealNetwork {
 public:
  /// Requires: validate(network) passes. Errors: UserError naming a layer whose weights no step can
  /// hold.
  RealNetwork(const FloatNetwork& network, const QuantizeOptions& options);

  /// Requires: image.size() is C * H * W of the description's input; a flag per layer.
  [[nodiscard]] RealTrace run(std::span<const std::uint8_t> image,
                              const RoundedLayers& rounded) const;

  /// Computes layers `first` and later anew; `trace` holds the outputs of the ones before.
  void run_from(std::size_t first, std::span<const std::uint8_t> image,
                const RoundedLayers& rounded, RealTrace& trace) const;

  [[nodiscard]] std::size_t layers() const { return layers_.size(); }
  /// The layer's rounded weights, each in units of its row's step, N x M.
  [[nodiscard]] Matrix<double> rounded_weights(std::size_t layer) const;

 private:
  struct Layer {
    semantics::RealLayer<double> real;     // in units of the activation scale
    semantics::RealLayer<double> rounded;  // the same, fake-quantized
    std::vector<int> fraction_bits;        // of each row's weights
  };

  static Layer make_layer(const NetworkDescription& network, std::size_t index,
                          const FoldedLayer& folded, const QuantizeOptions& options);
  /// Of the maps that the layer's parts read.
  [[nodiscard]] RealMap accumulate(std::size_t layer, bool rounded,
                                   const std::vector<const RealMap*>& inputs) const;
  /// ReLU6 of a sum, or what the hidden layer's activation table makes of it.
  [[nodiscard]] double activation(std::size_t layer, std::size_t row, bool rounded,
                                  double sum) const;
  /// What the hidden layer gives from its activations.
  [[nodiscard]] RealMap pool_windows(std::size_t layer, bool rounded, RealMap activations) const;
  /// Global average pooling.
  [[nodiscard]] std::vector<double> pool(const RealMap& map, bool rounded) const;

  NetworkDescription description_;
  std::vector<std::vector<LayerPart>> parts_;  // of each layer
  std::uint32_t pooling_fraction_bits_;
  std::vector<Layer> layers_;
};

}  // namespace colcomb::quantization
