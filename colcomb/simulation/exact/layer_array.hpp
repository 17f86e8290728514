#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/edges.hpp"
#include "colcomb/simulation/exact/in_flight_image.hpp"
#include "colcomb/simulation/exact/weight_loader.hpp"

namespace colcomb::simulation {

/// One layer of a cross-layer pipeline on an array of its own, with its edges and its part of the
/// controller: a word goes as soon as what it reads has been seen to be written.
class LayerArray {
 public:
  using InFlightImages = std::function<InFlightImage&(std::uint64_t image)>;
  /// A whole accumulation: image, word, filter, value.
  using Result = std::function<void(std::uint64_t, std::size_t, std::size_t, std::uint32_t)>;

  LayerArray(const QuantizedNetwork& network, const ArrayConfig& config, std::size_t layer,
             InFlightImages flights, Result result, bool plain);
  LayerArray(const LayerArray&) = delete;
  LayerArray& operator=(const LayerArray&) = delete;

  /// Takes the results of the clock, then sends what may go. Words begin in clock `zero` at the
  /// earliest; activity is counted for images before `counted`.
  void compute(std::uint64_t clock, std::uint64_t zero, std::uint64_t counted);
  void begin_load(std::uint64_t clock);
  void commit() { front_->step(); }

  /// Clocks in which the array's weights pass its bottom.
  [[nodiscard]] std::uint64_t load_cycles() const;
  /// Whether any word waits for the map before it.
  [[nodiscard]] bool reads_input() const;
  [[nodiscard]] ActivityCount& activity() { return activity_; }
  [[nodiscard]] const ArrayFront& front() const { return *front_; }

 private:
  /// What one word reads.
  struct Needs {
    std::vector<std::size_t> pixels;  // of the input map
    std::optional<std::size_t> residual;
  };

  void find_needs();
  [[nodiscard]] bool may_go(std::uint64_t clock);
  void read_lines(const WordToken& token, std::size_t column, LineBytes& lines);
  [[nodiscard]] std::uint32_t read_accumulation(const WordToken& token, std::size_t row);

  const QuantizedNetwork& network_;
  const LayerDescription& description_;
  const QuantizedLayer& layer_;
  std::size_t index_;
  bool reads_means_;  // of global average pooling
  ArrayShape shape_;
  std::uint64_t nonzeros_;
  InFlightImages in_flight_;
  Result result_;
  std::vector<Needs> needs_;  // per word
  WeightLoader loader_;
  ShiftBlock shift_;
  WestEdge west_;
  ResultOrder order_;
  std::unique_ptr<ArrayFront> front_;
  ActivityCount activity_;
  std::uint64_t clock_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t image_ = 0;  // of the next word
  std::size_t word_ = 0;     // next word
  std::uint64_t wait_ = 0;   // clocks until the word before has passed
};

}  // namespace colcomb::simulation
