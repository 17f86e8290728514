#pragma once

#include <concepts>
#include <type_traits>

namespace colcomb {

/// ceil(dividend / divisor). Requires: dividend >= 0, divisor > 0, dividend + divisor - 1 fits T.
template <std::integral T>
[[nodiscard]] constexpr T ceil_divide(T dividend, std::type_identity_t<T> divisor) {
  return (dividend + divisor - 1) / divisor;
}

}  // namespace colcomb
