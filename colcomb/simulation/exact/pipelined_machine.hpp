#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/simulation/exact/blocks.hpp"
#include "colcomb/simulation/exact/memory_channel.hpp"
#include "colcomb/simulation/exact/unit.hpp"

namespace colcomb::simulation {

/// An array of its own for every layer, all running at once, clock by clock: a word begins when the
/// pixels it reads have been written (paper, section 3.6).
class PipelinedMachine {
 public:
  /// The arguments must outlive the machine.
  PipelinedMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                   std::span<const std::uint8_t> images);
  ~PipelinedMachine();

  /// Loads the arrays and runs all images.
  void run();

  /// Per layer, over all images.
  [[nodiscard]] std::vector<CycleCount> cycles() const;
  [[nodiscard]] std::vector<ActivityCount> activity() const;
  /// Clock after the last write of each image's results.
  [[nodiscard]] const std::vector<std::uint64_t>& image_ends() const { return image_ends_; }
  /// Clocks that loading all arrays took, before clock 0.
  [[nodiscard]] std::uint64_t configuration() const { return configuration_; }
  [[nodiscard]] std::vector<ImageValues> values() const;

 private:
  class Stage;

  void configure();
  void run_memory();
  [[nodiscard]] bool finished() const;

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  std::vector<ImageStores> images_;
  std::vector<std::unique_ptr<Stage>> stages_;
  MemoryChannel memory_;
  std::uint64_t clock_ = 0;
  std::uint64_t configuration_ = 0;
  std::size_t image_pixels_ = 0;
  std::size_t images_begun_ = 0;     // their transfer from memory
  std::uint64_t bytes_arrived_ = 0;  // of the present one
  std::size_t pixels_arrived_ = 0;   // of the present one
  std::vector<std::uint64_t> image_ends_;
};

}  // namespace colcomb::simulation
