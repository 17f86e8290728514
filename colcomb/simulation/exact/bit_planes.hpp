#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb::simulation {

/// Bytes that the sliced array works on at a time: one register of 512 bits.
inline constexpr std::size_t kBlockBytes = 64;

/// One bit per cell. Cells lie row by row; a row takes a whole number of bytes, so that one row up
/// is an offset in memory. Planes are padded to blocks: cells of padding compute, unread.
struct PlaneLayout {
  PlaneLayout(std::size_t array_rows, std::size_t array_columns)
      : rows(array_rows),
        columns(array_columns),
        row_bytes((array_columns + 7) / 8),
        blocks((array_rows * row_bytes + kBlockBytes - 1) / kBlockBytes) {}

  [[nodiscard]] std::size_t bytes() const { return blocks * kBlockBytes; }

  std::size_t rows;
  std::size_t columns;
  std::size_t row_bytes;
  std::size_t blocks;
};

[[nodiscard]] inline bool bit_of(const std::uint8_t* plane, std::size_t column) {
  return ((plane[column / 8] >> (column % 8)) & 1U) != 0;
}

/// Planes that cells change. In front of each lie kBlockBytes zeros, into which the cell to the
/// left of the first one falls.
class StatePlanes {
 public:
  StatePlanes(const PlaneLayout& layout, std::size_t planes)
      : pitch_(layout.bytes() + kBlockBytes), bytes_(pitch_ * planes) {}

  [[nodiscard]] std::uint8_t* plane(std::size_t i) {
    return bytes_.data() + i * pitch_ + kBlockBytes;
  }
  [[nodiscard]] const std::uint8_t* plane(std::size_t i) const {
    return bytes_.data() + i * pitch_ + kBlockBytes;
  }
  [[nodiscard]] std::size_t pitch() const { return pitch_; }

 private:
  std::size_t pitch_;
  std::vector<std::uint8_t> bytes_;
};

/// Planes of registers that do nothing but hand on what comes from below. Instead of moving them,
/// each clock puts the new row in front of the others; now and then all move to the end of the
/// space. plane(i) is what reaches the cells in the present clock: what their registers give in the
/// next.
class MovingPlanes {
 public:
  MovingPlanes(const PlaneLayout& layout, std::size_t planes)
      : row_bytes_(layout.row_bytes),
        live_(layout.bytes() + layout.row_bytes),
        spare_(layout.row_bytes * std::max<std::size_t>(64, 2 * layout.rows)),
        pitch_(live_ + spare_),
        planes_(planes),
        position_(spare_),
        bytes_(pitch_ * planes) {}

  /// Opens the rows of the next clock; each must then be filled through `bottom`.
  void advance() {
    if (position_ < row_bytes_) {
      for (std::size_t i = 0; i < planes_; ++i) {
        std::uint8_t* base = bytes_.data() + i * pitch_;
        std::copy_backward(base + position_, base + position_ + live_, base + spare_ + live_);
      }
      position_ = spare_;
    }
    position_ -= row_bytes_;
  }
  [[nodiscard]] std::uint8_t* bottom(std::size_t i) {
    return bytes_.data() + i * pitch_ + position_;
  }
  [[nodiscard]] const std::uint8_t* plane(std::size_t i) const {
    return bytes_.data() + i * pitch_ + position_;
  }
  [[nodiscard]] std::size_t pitch() const { return pitch_; }

 private:
  std::size_t row_bytes_;
  std::size_t live_;   // what the cells may read, padding included
  std::size_t spare_;  // room for rows to come
  std::size_t pitch_;
  std::size_t planes_;
  std::size_t position_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace colcomb::simulation
