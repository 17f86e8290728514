#include "colcomb/backprop/lines.hpp"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace colcomb::backprop {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
/// From a quarter of a page on, the page's rest may go to waste.
constexpr std::size_t kLarge = kHugePage / 4;

}  // namespace

void* allocate_lines(std::size_t bytes) {
  const bool large = bytes >= kLarge;
  const std::size_t unit = large ? kHugePage : sizeof(LaneVector);
  const std::size_t rounded = (bytes + unit - 1) / unit * unit;
  void* const memory = std::aligned_alloc(unit, rounded);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  // No more than a wish: what the system answers changes no result.
  if (large) (void)madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_lines(void* memory) noexcept {
  std::free(memory);
}

}  // namespace colcomb::backprop
