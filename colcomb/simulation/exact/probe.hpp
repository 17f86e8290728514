#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "colcomb/simulation/exact/array_front.hpp"

namespace colcomb::simulation {

/// Told of every access to a buffer or the memory.
class AccessProbe {
 public:
  virtual ~AccessProbe() = default;
  virtual void access(const std::string& store, const char* operation, std::size_t address) = 0;
};

/// What the blocks of a machine tell an observer; nothing in the model depends on it.
class Probe : public AccessProbe {
 public:
  /// Begins the clock; `layer` and `tile` (in the program) whose words enter, or entered last.
  virtual void clock(std::uint64_t clock, std::uint32_t layer, std::uint32_t tile,
                     const ArrayFront& front) = 0;
};

}  // namespace colcomb::simulation
