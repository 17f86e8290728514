#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/probe.hpp"

namespace colcomb::simulation {

/// A buffer that knows what it holds: each value carries the stamp (batch or tile) it was written
/// under, and a read names the stamp it expects. So nothing is read before it was written, and
/// nothing is overwritten that is still needed, or the check says where. Writes of a clock take
/// effect with commit(), at its end.
template <class T>
class StampedStore {
 public:
  StampedStore(std::string name, std::size_t size)
      : name_(std::move(name)), values_(size), stamps_(size) {}

  void write(std::size_t address, T value, std::uint64_t stamp) {
    COLCOMB_CHECK(address < values_.size(), name_ + " has no address " + std::to_string(address));
    pending_.push_back({address, stamp, value});
    if (probe_ != nullptr) probe_->access(name_, "write", address);
  }

  [[nodiscard]] T read(std::size_t address, std::uint64_t stamp) const {
    COLCOMB_CHECK(address < values_.size(), name_ + " has no address " + std::to_string(address));
    COLCOMB_CHECK(stamps_[address] == stamp, name_ + ": address " + std::to_string(address) +
                                                 " holds what was written under " +
                                                 std::to_string(stamps_[address]) + ", not " +
                                                 std::to_string(stamp));
    if (probe_ != nullptr) probe_->access(name_, "read", address);
    return values_[address];
  }

  void commit() {
    for (const Pending& write : pending_) {
      values_[write.address] = write.value;
      stamps_[write.address] = write.stamp;
    }
    pending_.clear();
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  void observe(AccessProbe* probe) { probe_ = probe; }

 private:
  struct Pending {
    std::size_t address;
    std::uint64_t stamp;
    T value;
  };

  std::string name_;
  std::vector<T> values_;
  std::vector<std::uint64_t> stamps_;  // 0: never written
  std::vector<Pending> pending_;
  AccessProbe* probe_ = nullptr;
};

}  // namespace colcomb::simulation
