#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/backprop/kernels/kernels.hpp"

namespace colcomb::backprop {

/// At least `bytes` of memory, 64-byte aligned. Large blocks are aligned to huge pages and ask the
/// system for them: products read a map at so many offsets that small pages would miss in the TLB.
/// Errors: std::bad_alloc.
[[nodiscard]] void* allocate_vectors(std::size_t bytes);
void free_vectors(void* memory) noexcept;

template <class T>
struct VectorAllocator {
  using value_type = T;

  VectorAllocator() = default;
  template <class Other>
  explicit VectorAllocator(const VectorAllocator<Other>& /*other*/) {}
  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(allocate_vectors(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t /*count*/) noexcept { free_vectors(memory); }
  bool operator==(const VectorAllocator& /*other*/) const { return true; }
};

using VectorBuffer = std::vector<ImageVector, VectorAllocator<ImageVector>>;

/// The buffer as floats; null if it is empty.
inline float* floats(VectorBuffer& buffer) {
  return buffer.empty() ? nullptr : buffer.front().image;
}
inline const float* floats(const VectorBuffer& buffer) {
  return buffer.empty() ? nullptr : buffer.front().image;
}

/// A buffer of equally many floats for each block of sixteen images.
class BlockBuffer {
 public:
  /// Makes room for `blocks` times `floats`, a multiple of kVectorImages that is the same at every
  /// call. Keeps the content.
  void reserve(std::size_t blocks, std::size_t floats) {
    each_ = floats;
    if (vectors_.size() * kVectorImages < blocks * floats)
      vectors_.resize(blocks * floats / kVectorImages);
  }
  [[nodiscard]] float* operator[](std::size_t block) { return floats(vectors_) + block * each_; }
  [[nodiscard]] const float* operator[](std::size_t block) const {
    return floats(vectors_) + block * each_;
  }

 private:
  VectorBuffer vectors_;
  std::size_t each_ = 0;
};

}  // namespace colcomb::backprop
