#pragma once

#include <span>
#include <string>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::cost {

// Interval arithmetic on figures; a result rests on all that its operands rest on, and is absent
// where one of them is.

/// A number that rests on nothing.
[[nodiscard]] CostFigure exactly(double value);
[[nodiscard]] CostFigure absent(std::string reason);
/// The figure under one more assumption of assumptions.def; zero rests on none.
[[nodiscard]] CostFigure assuming(CostFigure figure, const std::string& assumption);

[[nodiscard]] CostFigure operator+(const CostFigure& a, const CostFigure& b);
[[nodiscard]] CostFigure operator-(const CostFigure& a, const CostFigure& b);
[[nodiscard]] CostFigure operator*(const CostFigure& a, const CostFigure& b);
/// Times 0 is exactly(0), even of an absent figure: what never happens costs nothing.
[[nodiscard]] CostFigure operator*(double factor, const CostFigure& figure);
[[nodiscard]] CostFigure operator*(Range factor, const CostFigure& figure);

/// From the least to the most of both: one of them holds, and it is not known which.
[[nodiscard]] CostFigure either(const CostFigure& a, const CostFigure& b);
/// numerator / figure; absent where the figure may be 0 or less.
[[nodiscard]] CostFigure quotient(double numerator, const CostFigure& figure);

/// The known parts' sum, `without` the others; absent if all known ones are 0 and others are not
/// known.
[[nodiscard]] CostFigure sum(std::span<const CostPart> parts);

}  // namespace colcomb::cost
