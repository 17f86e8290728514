#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/rtl/blocks/block_model.hpp"

namespace colcomb::tests {

/// Strobe, address and value of a port.
struct Access {
  bool valid = false;
  std::uint64_t address = 0;
  std::uint64_t value = 0;
};

inline void put_strobes(const std::vector<Access>& ports, WireValues& values) {
  for (const Access& port : ports) values.put(port.valid ? 1 : 0);
}

/// Of a port without its strobe nothing is said.
inline void put_addresses(const std::vector<Access>& ports, std::size_t bits, WireValues& values) {
  for (const Access& port : ports) values.put_if(port.valid, port.address, bits);
}

inline void put_words(const std::vector<Access>& ports, std::size_t bits, WireValues& values) {
  for (const Access& port : ports) values.put_if(port.valid, port.value, bits);
}

}  // namespace colcomb::tests
