#pragma once

#include <cstdint>

namespace colcomb {

/// The value of an IEEE 754 half-precision number (binary16), exactly.
[[nodiscard]] float from_half(std::uint16_t bits);

}  // namespace colcomb
