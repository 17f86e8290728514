#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "colcomb/simulation/exact/in_flight_image.hpp"
#include "colcomb/simulation/exact/layer_array.hpp"
#include "colcomb/simulation/exact/pooling_block.hpp"
#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/exact/window_block.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// An array for every layer, the DRAM channel in front and the pooling block before the last
/// (paper, section 3.6).
class PipelinedMachine {
 public:
  /// The arguments must outlive the object. `images`: raw, one after the other.
  PipelinedMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                   std::span<const std::uint8_t> images, bool plain, Probe* probe);
  PipelinedMachine(const PipelinedMachine&) = delete;
  PipelinedMachine& operator=(const PipelinedMachine&) = delete;

  /// Runs until all results of image `image` are written.
  void run_to(std::uint64_t image);
  /// Counts the bytes of the images that are still to come when the run is over: a first layer that
  /// reads nothing waits for none. Requires: called once, at the end.
  void read_rest();

  [[nodiscard]] InFlightImage& flight(std::uint64_t image);
  [[nodiscard]] std::deque<LayerArray>& layers() { return layers_; }
  [[nodiscard]] std::vector<semantics::ImageValues>& values() { return values_; }
  /// Clock 0 of the run in the machine's own clocks; the configuration lies before.
  [[nodiscard]] std::uint64_t zero() const { return zero_; }
  [[nodiscard]] std::uint64_t configuration() const { return zero_ - kDecisionLead; }

 private:
  void configure();
  void step();
  void move_image();
  void take(std::size_t layer, std::uint64_t image, std::size_t word, std::size_t filter,
            std::uint32_t value);
  void keep(std::size_t layer, std::uint64_t image, std::size_t pixel, std::size_t filter,
            std::uint8_t byte);
  void keep_mean(std::size_t filter, std::uint8_t mean);
  void tell(const ValueWrite& write) const;
  [[nodiscard]] bool done(std::uint64_t image);

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  std::vector<semantics::Map> images_;
  std::deque<InFlightImage> in_flight_;
  std::deque<LayerArray> layers_;
  std::vector<std::uint64_t> load_begins_;  // per layer: its weights are read
  PoolingBlock pooling_;
  std::vector<std::optional<WindowBlock>> windows_;  // per hidden layer that has pooling windows
  std::vector<std::uint64_t> pooled_images_;         // per filter: whole images so far
  Probe* probe_;
  std::vector<semantics::ImageValues> values_;
  std::uint64_t clock_ = 0;
  std::uint64_t zero_ = 0;
  std::uint64_t arriving_ = 0;     // image that the channel moves
  std::uint64_t bytes_moved_ = 0;  // of it
};

}  // namespace colcomb::simulation
