#pragma once

#include <cstddef>

namespace colcomb::fuzzing {

/// While it lives, `new` on this thread throws std::bad_alloc once more than `bytes` have been
/// asked for in all: no input may make a reader allocate out of proportion to itself. Programs that
/// link this replace the global operator new.
class AllocationGuard {
 public:
  explicit AllocationGuard(std::size_t bytes);
  AllocationGuard(const AllocationGuard&) = delete;
  AllocationGuard& operator=(const AllocationGuard&) = delete;
  ~AllocationGuard();
};

}  // namespace colcomb::fuzzing
