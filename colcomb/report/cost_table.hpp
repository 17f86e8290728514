#pragma once

#include <string>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::report {

/// The run in a few lines, where an image's energy and the area go with the numbers of the sources
/// that each figure rests on, rates, then assumptions and sources.
[[nodiscard]] std::string cost_table(const CostReport& report);

/// Energy of each layer, a column for each group of parts.
[[nodiscard]] std::string cost_layer_table(const CostReport& report);

/// A line per setting, and what bit-serial cells cost and buy.
[[nodiscard]] std::string cost_comparison_table(const CostComparison& comparison);

/// One line per part: of each layer and of the network, of area and of an FPGA's resources.
[[nodiscard]] std::string cost_csv(const CostReport& report);

}  // namespace colcomb::report
