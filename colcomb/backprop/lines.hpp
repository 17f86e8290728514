#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/backprop/kernels.hpp"

namespace colcomb::backprop {

/// Memory of at least `bytes`, aligned to vectors. A large piece lies on huge pages where the
/// system has any: maps are read in so many places at once that small pages' addresses would be
/// looked up again and again. Errors: std::bad_alloc.
[[nodiscard]] void* allocate_lines(std::size_t bytes);
void free_lines(void* memory) noexcept;

template <class T>
struct LineAllocator {
  using value_type = T;

  LineAllocator() = default;
  template <class Other>
  explicit LineAllocator(const LineAllocator<Other>& /*other*/) {}
  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(allocate_lines(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t /*count*/) noexcept { free_lines(memory); }
  bool operator==(const LineAllocator& /*other*/) const { return true; }
};

using Lines = std::vector<LaneVector, LineAllocator<LaneVector>>;

/// Null for no lines.
inline float* floats(Lines& lines) {
  return lines.empty() ? nullptr : lines.front().lanes;
}
inline const float* floats(const Lines& lines) {
  return lines.empty() ? nullptr : lines.front().lanes;
}

/// Equally many lines for each block of sixteen images.
class BlockLines {
 public:
  /// Makes room for `blocks` times `floats`, a multiple of kLanes and the same at every call.
  /// What was there stays.
  void reserve(std::size_t blocks, std::size_t floats) {
    each_ = floats;
    if (lines_.size() * kLanes < blocks * floats) lines_.resize(blocks * floats / kLanes);
  }
  [[nodiscard]] float* operator[](std::size_t block) { return floats(lines_) + block * each_; }
  [[nodiscard]] const float* operator[](std::size_t block) const {
    return floats(lines_) + block * each_;
  }

 private:
  Lines lines_;
  std::size_t each_ = 0;
};

}  // namespace colcomb::backprop
