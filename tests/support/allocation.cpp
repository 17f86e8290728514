#include "tests/support/allocation.hpp"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
thread_local std::size_t left = kUnlimited;
std::atomic<std::size_t> calls = 0;

void* guarded(std::size_t size, std::size_t alignment) {
  calls.fetch_add(1, std::memory_order_relaxed);
  if (left != kUnlimited) {
    if (size > left) throw std::bad_alloc();
    left -= size;
  }
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// All other forms of new come down to these.
void* operator new(std::size_t size) {
  return guarded(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return guarded(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace colcomb::tests {

std::size_t allocation_count() {
  return calls;
}

AllocationGuard::AllocationGuard(std::size_t bytes) {
  left = bytes;
}

AllocationGuard::~AllocationGuard() {
  left = kUnlimited;
}

}  // namespace colcomb::tests
