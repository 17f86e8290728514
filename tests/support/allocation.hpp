#pragma once

#include <cstddef>

namespace colcomb::tests {

// Programs that link this replace the global operator new.

/// Calls of operator new so far, by all threads of the program.
[[nodiscard]] std::size_t allocation_count();

/// While it lives, `new` on this thread throws std::bad_alloc once more than `bytes` have been
/// asked for in all: no input may make a reader allocate out of proportion to itself.
class AllocationGuard {
 public:
  explicit AllocationGuard(std::size_t bytes);
  AllocationGuard(const AllocationGuard&) = delete;
  AllocationGuard& operator=(const AllocationGuard&) = delete;
  ~AllocationGuard();
};

}  // namespace colcomb::tests
