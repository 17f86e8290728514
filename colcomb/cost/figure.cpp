#include "colcomb/cost/figure.hpp"

#include <algorithm>
#include <utility>

namespace colcomb::cost {
namespace {

void take_grounds(CostFigure& to, const CostFigure& from) {
  to.entries.insert(from.entries.begin(), from.entries.end());
  to.sources.insert(from.sources.begin(), from.sources.end());
  to.assumptions.insert(from.assumptions.begin(), from.assumptions.end());
  to.without.insert(from.without.begin(), from.without.end());
}

/// `operation` on both values, on the grounds of both.
template <class Operation>
CostFigure combine(const CostFigure& a, const CostFigure& b, const Operation& operation) {
  if (!a.value) return absent(a.absent);
  if (!b.value) return absent(b.absent);
  CostFigure result;
  result.value = operation(*a.value, *b.value);
  take_grounds(result, a);
  take_grounds(result, b);
  return result;
}

Range product(Range a, Range b) {
  const auto [low, high] =
      std::minmax({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high});
  return {low, high};
}

}  // namespace

CostFigure exactly(double value) {
  CostFigure figure;
  figure.value = {value, value};
  return figure;
}

CostFigure absent(std::string reason) {
  CostFigure figure;
  figure.absent = std::move(reason);
  return figure;
}

CostFigure assuming(CostFigure figure, const std::string& assumption) {
  if (figure.value && *figure.value != Range{}) figure.assumptions.insert(assumption);
  return figure;
}

CostFigure operator+(const CostFigure& a, const CostFigure& b) {
  return combine(a, b, [](Range x, Range y) { return Range{x.low + y.low, x.high + y.high}; });
}

CostFigure operator-(const CostFigure& a, const CostFigure& b) {
  return combine(a, b, [](Range x, Range y) { return Range{x.low - y.high, x.high - y.low}; });
}

CostFigure operator*(const CostFigure& a, const CostFigure& b) {
  return combine(a, b, product);
}

CostFigure operator*(double factor, const CostFigure& figure) {
  return Range{factor, factor} * figure;
}

CostFigure operator*(Range factor, const CostFigure& figure) {
  if (factor == Range{}) return exactly(0);
  if (!figure.value) return figure;
  CostFigure result = figure;
  result.value = product(factor, *figure.value);
  return result;
}

CostFigure either(const CostFigure& a, const CostFigure& b) {
  return combine(a, b, [](Range x, Range y) {
    return Range{std::min(x.low, y.low), std::max(x.high, y.high)};
  });
}

CostFigure quotient(double numerator, const CostFigure& figure) {
  if (!figure.value) return figure;
  if (figure.value->low <= 0) return absent("divided by a figure that may be 0");
  CostFigure result = figure;
  result.value = {numerator / figure.value->high, numerator / figure.value->low};
  return result;
}

CostFigure sum(std::span<const CostPart> parts) {
  CostFigure total;
  Range range;
  bool any = false;
  for (const CostPart& part : parts) {
    if (!part.figure.value) {
      total.without.insert(part.name);
      continue;
    }
    any = any || *part.figure.value != Range{};
    range.low += part.figure.value->low;
    range.high += part.figure.value->high;
    take_grounds(total, part.figure);
  }
  // Nothing but zeros beside unknown parts says nothing.
  if (any || total.without.empty()) {
    total.value = range;
  } else {
    total.absent = "none of its parts is known";
    total.without.clear();
  }
  return total;
}

}  // namespace colcomb::cost
