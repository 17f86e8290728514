#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/semantics/image_values.hpp"
#include "colcomb/simulation/exact/probe.hpp"

namespace colcomb::simulation::machine {

/// Takes the values that a machine tells of, and passes all on to another probe.
class ValueKeeper : public Probe {
 public:
  /// `values`: of the images whose values are kept, in the network's shapes. `other` may be null.
  ValueKeeper(std::vector<semantics::ImageValues> values, Probe* other)
      : other_(other), values_(std::move(values)) {}

  void access(const std::string& store, const char* operation, std::size_t address) override {
    if (other_ != nullptr) other_->access(store, operation, address);
  }
  void clock(std::uint64_t clock, std::uint32_t tile, const ArrayFront& front) override {
    if (other_ != nullptr) other_->clock(clock, tile, front);
  }
  void blocks(const Machine& machine) override {
    if (other_ != nullptr) other_->blocks(machine);
  }
  void pipeline(std::uint64_t clock, const PipelineMachine& machine) override {
    if (other_ != nullptr) other_->pipeline(clock, machine);
  }
  void value(const ValueWrite& write) override {
    if (other_ != nullptr) other_->value(write);
    if (write.image >= values_.size()) return;
    semantics::ImageValues& values = values_[write.image];
    const auto byte = static_cast<std::uint8_t>(write.value);
    if (write.pooled) {
      values.pooled[write.filter] = byte;
    } else if (write.layer < values.outputs.size()) {
      semantics::Map& map = values.outputs[write.layer];
      map.values[write.filter * map.pixels() + write.pixel] = byte;
    } else {
      values.logits[write.filter] = static_cast<std::int32_t>(write.value);
    }
  }

  [[nodiscard]] std::vector<semantics::ImageValues>& values() { return values_; }

 private:
  Probe* other_;
  std::vector<semantics::ImageValues> values_;
};

}  // namespace colcomb::simulation::machine
