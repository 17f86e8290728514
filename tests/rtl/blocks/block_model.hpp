#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "colcomb/base/check.hpp"

namespace colcomb::tests {

/// A port of a module, without its suffix _i or _o.
struct Wire {
  std::string name;
  std::size_t bits = 1;
};

/// What all inputs, or all outputs, of a module carry in one clock: one bit per entry, port after
/// port, each lowest bit first. A model puts the ports in the order in which it declares them.
class WireValues {
 public:
  void put(std::uint64_t value, std::size_t bits = 1) {
    for (std::size_t b = 0; b < bits; ++b) put_bit(b < 64 && ((value >> b) & 1U) != 0, true, true);
  }
  /// A port that says something only if `given`: else anything but X may stand there.
  void put_if(bool given, std::uint64_t value, std::size_t bits = 1) {
    if (given)
      put(value, bits);
    else
      for (std::size_t b = 0; b < bits; ++b) put_bit(false, false, true);
  }
  /// A port that may even be X: of a register that has no reset, before its first value.
  void put_unknown(std::size_t bits) {
    for (std::size_t b = 0; b < bits; ++b) put_bit(false, false, false);
  }
  void clear() {
    bits_.clear();
    given_.clear();
    known_.clear();
  }
  [[nodiscard]] const std::vector<std::uint8_t>& bits() const { return bits_; }
  [[nodiscard]] const std::vector<std::uint8_t>& given() const { return given_; }
  [[nodiscard]] const std::vector<std::uint8_t>& known() const { return known_; }

 private:
  void put_bit(bool value, bool given, bool known) {
    bits_.push_back(value ? 1 : 0);
    given_.push_back(given ? 1 : 0);
    known_.push_back(known ? 1 : 0);
  }

  std::vector<std::uint8_t> bits_;
  std::vector<std::uint8_t> given_;
  std::vector<std::uint8_t> known_;
};

/// A module's parameters, by name.
using Parameters = std::map<std::string, std::uint32_t>;

/// A block of the simulator under the wires of its module, with random stimulus of its own that
/// obeys what the module's header requires.
class BlockModel {
 public:
  BlockModel() = default;
  BlockModel(const BlockModel&) = delete;
  BlockModel& operator=(const BlockModel&) = delete;
  virtual ~BlockModel() = default;

  [[nodiscard]] virtual std::vector<Wire> inputs() const = 0;
  [[nodiscard]] virtual std::vector<Wire> outputs() const = 0;
  /// Whether the module has rst_ni.
  [[nodiscard]] virtual bool has_reset() const { return true; }
  /// Where in its work the model stands, for who finds a difference.
  [[nodiscard]] virtual std::string where() const { return {}; }
  /// One clock: what the inputs carry in it, and what the outputs show after it.
  virtual void clock(WireValues& in, WireValues& out) = 0;
};

[[nodiscard]] inline std::size_t bits_of(const std::vector<Wire>& wires) {
  std::size_t bits = 0;
  for (const Wire& wire : wires) bits += wire.bits;
  return bits;
}

/// Clears both, then clocks the model; every port must have been put.
inline void step(BlockModel& model, WireValues& in, WireValues& out) {
  in.clear();
  out.clear();
  model.clock(in, out);
  COLCOMB_CHECK(in.bits().size() == bits_of(model.inputs()), "every input is put");
  COLCOMB_CHECK(out.bits().size() == bits_of(model.outputs()), "every output is put");
}

}  // namespace colcomb::tests
