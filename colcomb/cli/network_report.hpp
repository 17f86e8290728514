#pragma once

#include <cstddef>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/layer_report.hpp"

namespace colcomb::cli {

/// What combining did to each layer of a network as it stands. Layers that were never combined
/// count each column as a group of its own.
[[nodiscard]] CombiningReport report_network(const FloatNetwork& network, std::size_t array_rows,
                                             std::size_t array_cols);

}  // namespace colcomb::cli
