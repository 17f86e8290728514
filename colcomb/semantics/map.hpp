#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace colcomb::semantics {

/// The activations of one image between two layers: channels x height x width values, row-major.
template <class T>
struct BasicMap {
  std::size_t channels = 0;  // planes
  std::size_t height = 0;    // pixels
  std::size_t width = 0;     // pixels
  std::vector<T> values;     // channels x height x width

  /// Of a plane.
  [[nodiscard]] std::size_t pixels() const { return height * width; }
  /// One channel, row by row.
  [[nodiscard]] std::span<const T> plane(std::size_t channel) const {
    return std::span(values).subspan(channel * pixels(), pixels());
  }
  bool operator==(const BasicMap&) const = default;
};

/// Activations as the integer network has them.
using Map = BasicMap<std::uint8_t>;

}  // namespace colcomb::semantics
