// A grouping policy of one's own beside the built-in ones: columns are taken in their order, and a
// group ends where alpha or gamma does not allow the next. Its groups hold neighbouring channels,
// which a hardware routes with short wires; what that costs in groups and in magnitude is printed.
#include <cstdio>

#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/combining/combine.hpp"

using namespace colcomb;

// The policy: groups of neighbouring columns that keep the rules of combining::group_columns.
static ColumnGroups neighbours(const Matrix<float>& pruned,
                               const combining::GroupingOptions& options) {
  const std::size_t limit = combining::conflict_limit(options.gamma, pruned.rows());
  ColumnGroups result;
  std::vector<bool> taken;    // rows that the last group has a weight in
  std::size_t conflicts = 0;  // of the last group
  for (std::uint32_t column = 0; column < pruned.cols(); ++column) {
    std::size_t shared = 0, nonzeros = 0;
    for (std::size_t row = 0; row < pruned.rows(); ++row) {
      if (pruned(row, column) == 0) continue;
      ++nonzeros;
      if (!taken.empty() && taken[row]) ++shared;
    }
    if (nonzeros == 0) continue;  // columns without a weight are in no group
    if (result.groups.empty() || result.groups.back().size() == options.alpha ||
        conflicts + shared > limit) {
      result.groups.emplace_back();
      taken.assign(pruned.rows(), false);
      conflicts = shared = 0;
    }
    result.groups.back().push_back(column);
    conflicts += shared;
    for (std::size_t row = 0; row < pruned.rows(); ++row) {
      if (pruned(row, column) != 0) taken[row] = true;
    }
  }
  return result;
}

int main() try {
  // 96 filters x 128 columns, of which magnitude pruning leaves 15 %.
  Random random(1);
  Matrix<float> weights(96, 128);
  for (float& weight : weights.values()) weight = static_cast<float>(random.normal());
  combining::CombineOptions options;
  options.prune_fraction = 0.85;
  options.grouping.gamma = 0.5;

  std::puts("policy       groups  retained magnitude");
  const auto print = [&](const char* name) {
    const combining::Combined combined = combining::combine_columns(weights, options);
    std::printf("%-12s %6zu  %.3f\n", name, combined.groups.size(), combined.retained_magnitude);
  };
  for (const std::string& name : combining::policy_names()) {
    options.grouping.policy = combining::parse_policy(name);
    print(name.c_str());
  }
  options.grouping.custom = neighbours;
  print("neighbours");

  // A policy that breaks a rule is told which.
  options.grouping.custom = [](const auto&, const auto&) { return ColumnGroups{{{0, 1, 2}}}; };
  print("three columns");
} catch (const UserError& error) {
  std::printf("refused: %s\n", error.what());
}
