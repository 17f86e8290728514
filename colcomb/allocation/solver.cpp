#include "colcomb/allocation/solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/base/check.hpp"

namespace colcomb::allocation {
namespace {

/// A choice of an item after what every choice of it costs at least has been paid.
struct Option {
  std::uint64_t cost = 0;  // above the item's least
  std::int64_t value = 0;
  std::size_t index = 0;  // among the item's choices
};

/// By rising cost, without those that cost as much as another one of at least their value.
std::vector<Option> undominated(const std::vector<Choice>& choices, std::uint64_t least) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < choices.size(); ++i)
    options.push_back({choices[i].cost - least, choices[i].value, i});
  std::ranges::stable_sort(options, [](const Option& a, const Option& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.value > b.value;
  });
  std::vector<Option> result;
  for (const Option& option : options) {
    if (result.empty() || option.value > result.back().value) result.push_back(option);
  }
  return result;
}

double slope(const Option& from, const Option& to) {
  return static_cast<double>(to.value - from.value) / static_cast<double>(to.cost - from.cost);
}

/// The options on the upper concave hull, by rising cost.
std::vector<Option> hull(const std::vector<Option>& options) {
  std::vector<Option> result;
  for (const Option& option : options) {
    while (result.size() >= 2 &&
           slope(result.back(), option) >= slope(result[result.size() - 2], result.back()))
      result.pop_back();
    result.push_back(option);
  }
  return result;
}

/// One step along an item's hull.
struct Step {
  std::size_t item = 0;
  std::uint64_t cost = 0;
  std::int64_t value = 0;
  std::size_t index = 0;  // the choice it leads to
  double slope = 0;
};

/// A partial solution: the first items have been decided.
struct State {
  std::uint64_t cost = 0;
  std::int64_t value = 0;
  std::size_t before = 0;  // state of the stage before
  std::size_t choice = 0;
};

class Solver {
 public:
  Solver(const std::vector<std::vector<Choice>>& items, std::uint64_t budget) {
    std::uint64_t least = 0;
    for (const auto& item : items) {
      const std::uint64_t item_least = std::ranges::min(item, {}, &Choice::cost).cost;
      options_.push_back(undominated(item, item_least));
      least += item_least;
    }
    budget_ = budget - least;
  }

  Solution run() {
    relax();
    std::vector<std::vector<State>> stages = {{State{}}};
    for (std::size_t item = 0; item < options_.size(); ++item)
      stages.push_back(extended(stages.back(), item));
    const auto best = std::ranges::max_element(stages.back(), {}, &State::value);
    if (best != stages.back().end() && best->value > solution_.value) trace(stages, *best);
    return solution_;
  }

 private:
  /// The linear relaxation: steps along the hulls by falling slope while they fit. Where the first
  /// one does not, its slope is the dual's optimum. Then the steps that still fit make a solution.
  void relax() {
    std::vector<Step> steps;
    for (std::size_t item = 0; item < options_.size(); ++item) {
      const std::vector<Option> corners = hull(options_[item]);
      solution_.choices.push_back(corners.front().index);
      solution_.value += corners.front().value;
      for (std::size_t i = 1; i < corners.size(); ++i) {
        steps.push_back({item, corners[i].cost - corners[i - 1].cost,
                         corners[i].value - corners[i - 1].value, corners[i].index,
                         slope(corners[i - 1], corners[i])});
      }
    }
    std::ranges::stable_sort(steps, std::ranges::greater{}, &Step::slope);
    std::uint64_t spent = 0;
    double relaxed = static_cast<double>(solution_.value);
    bool broken = false;
    std::vector<bool> stopped(options_.size(), false);
    for (const Step& step : steps) {
      if (stopped[step.item]) continue;
      if (spent + step.cost <= budget_) {
        spent += step.cost;
        solution_.value += step.value;
        solution_.choices[step.item] = step.index;
        if (!broken) relaxed += static_cast<double>(step.value);
        continue;
      }
      stopped[step.item] = true;
      if (broken) continue;
      broken = true;
      price_ = step.slope;
      relaxed += step.slope * static_cast<double>(budget_ - spent);
    }
    solution_.bound =
        std::max(solution_.value, static_cast<std::int64_t>(std::floor(relaxed + kRounding)));
    find_rests();
  }

  /// What the items from each one on add at most to value - price * cost.
  void find_rests() {
    rests_.assign(options_.size() + 1, 0.0);
    for (std::size_t item = options_.size(); item-- > 0;) {
      double most = -std::numeric_limits<double>::infinity();
      for (const Option& option : options_[item]) {
        most = std::max(
            most, static_cast<double>(option.value) - price_ * static_cast<double>(option.cost));
      }
      rests_[item] = rests_[item + 1] + most;
    }
  }

  [[nodiscard]] bool can_improve(const State& state, std::size_t decided) const {
    const double most = static_cast<double>(state.value) +
                        price_ * static_cast<double>(budget_ - state.cost) + rests_[decided];
    return most + kRounding > static_cast<double>(solution_.value);
  }

  [[nodiscard]] std::vector<State> extended(const std::vector<State>& states,
                                            std::size_t item) const {
    std::vector<State> all;
    for (std::size_t s = 0; s < states.size(); ++s) {
      for (const Option& option : options_[item]) {
        if (option.cost > budget_ - states[s].cost) break;
        const State next{states[s].cost + option.cost, states[s].value + option.value, s,
                         option.index};
        if (can_improve(next, item + 1)) all.push_back(next);
      }
    }
    std::ranges::stable_sort(all, [](const State& a, const State& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.value > b.value;
    });
    std::vector<State> result;
    for (const State& state : all) {
      if (result.empty() || state.value > result.back().value) result.push_back(state);
    }
    return result;
  }

  void trace(const std::vector<std::vector<State>>& stages, State state) {
    solution_.value = state.value;
    for (std::size_t item = options_.size(); item-- > 0;) {
      solution_.choices[item] = state.choice;
      state = stages[item][state.before];
    }
  }

  /// Sums of doubles stray by less: values are at most 2^40.
  static constexpr double kRounding = 0.01;

  std::vector<std::vector<Option>> options_;
  std::uint64_t budget_ = 0;   // above the least cost
  double price_ = 0;           // value per cost, at the dual's optimum
  std::vector<double> rests_;  // per item, and 0 behind the last
  Solution solution_;
};

}  // namespace

std::uint64_t least_cost(const std::vector<std::vector<Choice>>& items) {
  std::uint64_t sum = 0;
  for (const auto& item : items) {
    COLCOMB_CHECK(!item.empty(), "an item without a choice");
    sum += std::ranges::min(item, {}, &Choice::cost).cost;
  }
  return sum;
}

std::optional<Solution> solve(const std::vector<std::vector<Choice>>& items, std::uint64_t budget) {
  if (least_cost(items) > budget) return {};
  Solution solution = Solver(items, budget).run();
  for (std::size_t i = 0; i < items.size(); ++i)
    solution.cost += items[i][solution.choices[i]].cost;
  return solution;
}

}  // namespace colcomb::allocation
