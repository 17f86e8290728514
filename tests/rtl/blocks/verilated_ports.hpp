#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/rtl/blocks/block_model.hpp"

namespace colcomb::tests {

/// Ports are integers, or arrays of 32-bit words where they are wider than 64 bits.
template <class Port>
[[nodiscard]] bool bit_at(const Port& port, std::size_t i) {
  if constexpr (std::is_integral_v<Port>)
    return ((port >> i) & 1U) != 0;
  else
    return ((port[i / 32] >> (i % 32)) & 1U) != 0;
}

template <class Port>
void drive(Port& port, const std::vector<std::uint8_t>& bits) {
  if constexpr (std::is_integral_v<Port>) {
    port = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
      port = static_cast<Port>(port | static_cast<Port>(std::uint64_t{bits[i]} << i));
  } else {
    for (std::size_t i = 0; i < (bits.size() + 31) / 32; ++i) port[i] = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
      port[i / 32] |= std::uint32_t{bits[i]} << (i % 32);
  }
}

/// The first port that differs from what is expected, with both values and the lowest bit that
/// does, from which a row or bank follows; empty if none does.
template <class Port>
[[nodiscard]] std::string difference(const BlockModel& model, const WireValues& expected,
                                     const Port& port) {
  std::size_t first = 0;
  for (const Wire& wire : model.outputs()) {
    std::string found;
    std::string wanted;
    bool differs = false;
    std::size_t lowest = 0;
    for (std::size_t i = first + wire.bits; i-- > first;) {
      const bool given = expected.given()[i] != 0;
      found += bit_at(port, i) ? '1' : '0';
      wanted += !given ? '-' : expected.bits()[i] != 0 ? '1' : '0';
      if (!given || found.back() == wanted.back()) continue;
      differs = true;
      lowest = i - first;
    }
    if (differs) {
      return wire.name + "_o is " + found + ", not " + wanted + ", in bit " +
             std::to_string(lowest);
    }
    first += wire.bits;
  }
  return {};
}

template <class Module>
void clock(Module& module) {
  module.clk_i = 1;
  module.eval();
  module.clk_i = 0;
  module.eval();
}

}  // namespace colcomb::tests
