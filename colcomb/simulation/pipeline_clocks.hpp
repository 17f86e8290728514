#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb::simulation {

/// The recurrence of docs/reference/cycle-model.md, "Time, cross-layer pipelined": one image after
/// the other without end.
class PipelineClocks {
 public:
  /// The arguments must outlive the object.
  PipelineClocks(const QuantizedNetwork& network, const ArrayConfig& config);

  /// Passes the next image; the clock of its latest result, the last logit's but where a layer
  /// waits for nothing and the logits not for it.
  std::uint64_t next();

  /// When a layer was at work on the image that next() passed last.
  struct LayerTimes {
    std::uint64_t first_word = 0;   // t of its first word
    std::uint64_t last_result = 0;  // of the last row and output pixel
  };
  [[nodiscard]] LayerTimes times(std::size_t layer) const;

  /// A layer's clocks from 0 to `end`. Requires: end lies after the last image's latest result.
  [[nodiscard]] CycleCount cycles(std::size_t layer, std::uint64_t end) const;

  /// Clocks from image to image in the long run.
  [[nodiscard]] std::uint64_t interval() const;

 private:
  struct Layer {
    std::uint64_t delay = 0;  // from a word's first bit at cell (0, 0) to its last row's write
    std::vector<std::optional<std::size_t>> last_read;  // per word: last input pixel read
    std::optional<std::size_t> source;                  // residual source
    std::vector<std::size_t> source_pixels;             // per word
    std::vector<std::optional<std::size_t>> outputs;    // per word: the output pixel it completes
    std::uint64_t window_delay = 0;                     // from its last row's byte to the result
    std::vector<std::uint64_t> results;                 // of the current image, per output pixel
    std::uint64_t begin = 0;                            // t of the current image's first word
    std::uint64_t words = 0;                            // passed so far
    std::uint64_t first = 0;                            // t of the first word of all
    std::uint64_t last = 0;                             // t of the last word so far
    std::uint64_t stall = 0;
  };

  [[nodiscard]] Layer make_layer(std::size_t index) const;
  [[nodiscard]] std::uint64_t image_arrival(std::size_t pixel) const;
  [[nodiscard]] std::uint64_t earliest(std::size_t layer, std::size_t word) const;
  void pass(std::size_t layer, std::size_t word);

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  std::vector<Layer> layers_;
  std::size_t image_pixels_ = 0;
  std::uint64_t image_begin_ = 0;  // the DRAM channel begins with the current image
  bool started_ = false;
  std::uint64_t first_word_ = 0;  // t of layer 0's first word of the current image
};

}  // namespace colcomb::simulation
