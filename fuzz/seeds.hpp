#pragma once

#include <vector>

#include "colcomb/base/files.hpp"

namespace colcomb::fuzzing {

/// Files of small valid networks of all kinds, to be mutated: some hundred bytes to some thousand
/// each.
[[nodiscard]] std::vector<Bytes> packed_network_seeds();
[[nodiscard]] std::vector<Bytes> checkpoint_seeds();

}  // namespace colcomb::fuzzing
