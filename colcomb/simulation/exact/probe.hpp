#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "colcomb/simulation/exact/array_front.hpp"

namespace colcomb::simulation::machine {
class Machine;
class PipelineMachine;
}  // namespace colcomb::simulation::machine

namespace colcomb::simulation {

/// Told of every access to a buffer or the DRAM.
class AccessProbe {
 public:
  AccessProbe() = default;
  AccessProbe(const AccessProbe&) = delete;
  AccessProbe& operator=(const AccessProbe&) = delete;
  virtual ~AccessProbe() = default;

  virtual void access(const std::string& /*store*/, const char* /*operation*/,
                      std::size_t /*address*/) {}
};

/// A value that a machine has found.
struct ValueWrite {
  std::uint64_t clock = 0;
  std::uint64_t image = 0;
  std::size_t layer = 0;
  bool pooled = false;  // a mean for the linear layer
  std::size_t filter = 0;
  std::size_t pixel = 0;
  std::int64_t value = 0;
};

/// What a machine tells an observer; nothing in the model depends on it.
class Probe : public AccessProbe {
 public:
  /// A clock begins, layer after layer: `tile` (its place in the program) is the one whose words
  /// enter or, between tiles, the next; `front` holds what the clocks before have made of it.
  virtual void clock(std::uint64_t /*clock*/, std::uint32_t /*tile*/, const ArrayFront& /*front*/) {
  }
  /// The same clock, layer after layer, with the outputs of all blocks.
  virtual void blocks(const machine::Machine& /*machine*/) {}
  /// A clock of a cross-layer pipeline begins, with the outputs of all blocks.
  virtual void pipeline(std::uint64_t /*clock*/, const machine::PipelineMachine& /*machine*/) {}
  virtual void value(const ValueWrite& /*write*/) {}
};

}  // namespace colcomb::simulation
