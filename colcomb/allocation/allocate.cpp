#include "colcomb/allocation/allocate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/allocation/explain.hpp"
#include "colcomb/allocation/solver.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/merging.hpp"

namespace colcomb::allocation {
namespace {

/// Importances as whole numbers, so that sums are exact: all of them together are less than 2^40.
constexpr double kValueUnits = 1e9;

/// What the groups of each of a layer's parts keep.
class PartCurves {
 public:
  PartCurves(const LayerDescription& layer, const Matrix<float>& importance) : layer_(layer) {
    std::size_t first = 0;
    for (const std::size_t columns : columns_of_parts(layer)) {
      Matrix<float> own(importance.rows(), columns);
      for (std::size_t n = 0; n < own.rows(); ++n)
        std::ranges::copy(importance.row(n).subspan(first, columns), own.row(n).begin());
      curves_.push_back(combining::retained_curve(own, layer.alpha));
      all_ += curves_.back().all();
      first += columns;
    }
  }

  /// Of the layer's importance. The curves' sums are of rounded importances.
  [[nodiscard]] double retained(std::size_t groups) const {
    if (!(all_ > 0)) return 1;
    const std::vector<std::size_t> shares = groups_of_parts(layer_, groups);
    double kept = 0;
    for (std::size_t p = 0; p < shares.size(); ++p) kept += curves_[p].at(shares[p]);
    return kept / all_;
  }

 private:
  const LayerDescription& layer_;
  std::vector<combining::RetainedCurve> curves_;
  double all_ = 0;
};

std::vector<std::size_t> cheapest_groups(const std::vector<std::vector<Candidate>>& candidates) {
  std::vector<std::size_t> groups;
  for (const auto& list : candidates)
    groups.push_back(std::ranges::min(list, {}, &Candidate::cost).groups);
  return groups;
}

}  // namespace

/// What each layer's candidates keep.
struct Allocator::Values {
  std::vector<std::vector<Choice>> items;     // per layer and candidate
  std::vector<std::vector<double>> retained;  // the same as part of the layer's importance
  std::int64_t all = 0;                       // of the dense network
};

Allocation fit(const NetworkDescription& network, const ArrayConfig& array) {
  const Quantity clocks = array.cross_layer ? Quantity::kTiles : Quantity::kInterval;
  std::vector<std::size_t> groups = least_groups(network);
  const std::uint64_t base = cost_of(network, array, clocks, groups);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t least = groups[i];
    groups[i] = filling_groups(network.layer(i), array, least);
    // More weights may no longer fit a buffer.
    if (groups[i] > least && cost_of(network, array, clocks, groups) > base) groups[i] = least;
  }
  Allocation result{groups, describe_costs(network, array, groups)};
  result.report.target = "as many groups as cost nothing more";
  for (std::size_t i = 0; i < groups.size(); ++i)
    result.report.layers[i].reason = fit_reason(result.report.layers[i], network.layer(i), array);
  return result;
}

std::vector<std::size_t> on_the_way(const NetworkDescription& network,
                                    const std::vector<std::size_t>& fitted, double progress) {
  std::vector<std::size_t> groups = most_groups(network);
  COLCOMB_CHECK(fitted.size() == groups.size(), "one number of groups per layer");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double away = static_cast<double>(groups[i] - fitted[i]) * (1 - progress);
    groups[i] = fitted[i] + static_cast<std::size_t>(std::ceil(away - 1e-9));
  }
  return groups;
}

Allocator::Allocator(const NetworkDescription& network, const ArrayConfig& array,
                     const Budget& budget)
    : network_(network),
      array_(array),
      budget_(budget),
      limit_(limit_of(budget, array)),
      measure_(measure_of(budget, array)),
      candidates_(candidates(network, array, measure_)),
      least_(cost_of(network, array, measure_, cheapest_groups(candidates_))),
      dense_(cost_of(network, array, measure_, most_groups(network))) {
  if (limit_.most >= least_) return;
  throw option_error(
      "budget", to_string(budget),
      fmt::format("cannot be kept: {} is all that is possible, with as few groups as "
                  "alpha allows",
                  with_unit(budget.quantity, in_unit(budget.quantity, least_, array))));
}

Allocator::Values Allocator::values_of(const std::vector<Matrix<float>>& importance,
                                       std::size_t threads) const {
  COLCOMB_CHECK(importance.size() == candidates_.size(), "one importance per layer");
  Values values;
  values.items.resize(candidates_.size());
  values.retained.resize(candidates_.size());
  std::vector<double> all(candidates_.size());
  parallel_for(candidates_.size(), threads, [&](std::size_t i) {
    for (const float value : importance[i].values()) all[i] += static_cast<double>(value);
    std::optional<PartCurves> curves;
    if (candidates_[i].size() > 1) curves.emplace(network_.layer(i), importance[i]);
    for (const Candidate& candidate : candidates_[i]) {
      const double part = curves ? curves->retained(candidate.groups) : 1.0;
      values.retained[i].push_back(part);
      values.items[i].push_back(
          {candidate.cost, static_cast<std::int64_t>(std::llround(part * all[i] * kValueUnits))});
    }
  });
  for (const double sum : all)
    values.all += static_cast<std::int64_t>(std::llround(sum * kValueUnits));
  return values;
}

Allocation Allocator::allocate(const std::vector<Matrix<float>>& importance, double progress,
                               std::size_t threads) const {
  const std::uint64_t loosest = std::max(dense_, limit_.most);
  const auto limit =
      limit_.most + static_cast<std::uint64_t>(
                        std::floor((1 - progress) * static_cast<double>(loosest - limit_.most)));
  const Values values = values_of(importance, threads);
  // The budget of what the layers add to the least. Its sum need not be the network's clocks.
  std::uint64_t room = limit - least_;
  Allocation result;
  for (;;) {
    const auto solution = solve(values.items, room);
    COLCOMB_CHECK(solution.has_value(), "every layer's cheapest candidate costs nothing");
    result.groups.clear();
    for (std::size_t i = 0; i < candidates_.size(); ++i)
      result.groups.push_back(candidates_[i][solution->choices[i]].groups);
    const std::uint64_t spent = cost_of(network_, array_, measure_, result.groups);
    if (spent <= limit || room == 0) {
      result.report = describe_costs(network_, array_, result.groups);
      result.report.target = describe(budget_);
      result.report.limit = limit;
      result.report.least = least_;
      result.report.spent = spent;
      const auto all = static_cast<double>(std::max<std::int64_t>(values.all, 1));
      result.report.retained = static_cast<double>(solution->value) / all;
      result.report.bound = static_cast<double>(solution->bound) / all;
      for (std::size_t i = 0; i < candidates_.size(); ++i) {
        LayerAllocation& layer = result.report.layers[i];
        layer.cost = candidates_[i][solution->choices[i]].cost;
        layer.retained = values.retained[i][solution->choices[i]];
        layer.reason = budget_reason(candidates_[i], values.retained[i], solution->choices[i],
                                     limit_.quantity);
      }
      return result;
    }
    room -= std::min(room, spent - limit);
  }
}

}  // namespace colcomb::allocation
