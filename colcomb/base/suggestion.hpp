#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace colcomb {

/// The name that `given` was most likely meant to be: the one that takes fewest letters to insert,
/// drop, replace or swap with their neighbour, the first of several; absent where that is more than
/// a third of its letters. Names that begin with `given` come before all others.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view given,
                                                      std::span<const std::string> names);

/// The rule of an error about a name that is none of `names`: "must be one of a, b, c", and where
/// there is a nearest, "; did you mean b?".
[[nodiscard]] std::string must_be_one_of(std::string_view given,
                                         std::span<const std::string> names);

}  // namespace colcomb
