#include "colcomb/backprop/vector_buffer.hpp"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace colcomb::backprop {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
/// Blocks from this size on are rounded up to whole huge pages.
constexpr std::size_t kLarge = kHugePage / 4;

}  // namespace

void* allocate_vectors(std::size_t bytes) {
  const bool large = bytes >= kLarge;
  const std::size_t unit = large ? kHugePage : sizeof(ImageVector);
  const std::size_t rounded = (bytes + unit - 1) / unit * unit;
  void* const memory = std::aligned_alloc(unit, rounded);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  // A hint: if the system declines, only speed changes.
  if (large) (void)madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_vectors(void* memory) noexcept {
  std::free(memory);
}

}  // namespace colcomb::backprop
