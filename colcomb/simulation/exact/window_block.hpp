#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/semantics/pool_windows.hpp"

namespace colcomb::simulation {

/// The pooling windows of a layer that has an array of its own: each value is given a fixed time
/// after the last byte of its window.
class WindowBlock {
 public:
  /// image, output pixel, filter, value
  using Give = std::function<void(std::uint64_t, std::size_t, std::size_t, std::uint8_t)>;

  /// Requires: layer.pooling.
  WindowBlock(const LayerDescription& layer, Give give)
      : grid_(layer.words()),
        delay_(pooling_clocks(layer.pooling, false)),
        bytes_(layer.out_channels * grid_.sum_height * grid_.sum_width),
        give_(std::move(give)) {}

  /// A byte of word `word`, in the clock of its write.
  void add(std::uint64_t clock, std::uint64_t image, std::size_t word, std::size_t filter,
           std::uint8_t byte) {
    const std::size_t y = word / grid_.width();
    const std::size_t x = word % grid_.width();
    const std::size_t plane = filter * grid_.sum_height * grid_.sum_width;
    if (grid_.in_map(y, x)) bytes_[plane + y * grid_.sum_width + x] = byte;
    const auto pixel = grid_.completed_by(y, x);
    if (pixel) due_.push_back({clock + delay_, image, *pixel, filter, value(plane, *pixel)});
  }

  void compute(std::uint64_t clock) {
    for (; !due_.empty() && due_.front().clock == clock; due_.pop_front()) {
      const Due& due = due_.front();
      give_(due.image, due.pixel, due.filter, due.value);
    }
  }

 private:
  struct Due {
    std::uint64_t clock;
    std::uint64_t image;
    std::size_t pixel;
    std::size_t filter;
    std::uint8_t value;
  };

  [[nodiscard]] std::uint8_t value(std::size_t plane, std::size_t pixel) const {
    const std::size_t width = grid_.pooling->out_width;
    const std::span<const std::uint8_t> bytes(bytes_);
    return semantics::pool_window(bytes.subspan(plane, grid_.sum_height * grid_.sum_width),
                                  grid_.sum_height, grid_.sum_width, *grid_.pooling, pixel / width,
                                  pixel % width);
  }

  WordGrid grid_;
  std::uint64_t delay_;
  std::vector<std::uint8_t> bytes_;  // filters x sums of the image at hand
  std::deque<Due> due_;
  Give give_;
};

}  // namespace colcomb::simulation
