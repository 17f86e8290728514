#include "colcomb/allocation/allocate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "colcomb/allocation/importance.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/combining/merging.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::mx_array;

TEST(Fit, FillsTheColumnTilesThatTheFewestGroupsNeed) {
  // With alpha 8: 12 columns need 2 groups and fit whole into the tile; 40 need 5, 100 need 13.
  const NetworkDescription network = tests::pointwise_chain({12, 40, 100, 16}, 4, 8);
  const ArrayConfig array = mx_array(16, 12);
  const Allocation fitted = fit(network, array);
  EXPECT_THAT(fitted.groups, ElementsAre(12U, 12U, 24U, 16U));
  // Fewer columns a group are read in fewer clocks.
  EXPECT_LE(fitted.report.interval,
            cost_of(network, array, Quantity::kInterval, least_groups(network)));
  EXPECT_EQ(fitted.report.tiles, cost_of(network, array, Quantity::kTiles, least_groups(network)));
  EXPECT_THAT(fitted.report.layers[0].reason, HasSubstr("dense: all 12 columns"));
  EXPECT_THAT(fitted.report.layers[1].reason, HasSubstr("fills the 1 column tile of 12"));
  EXPECT_THAT(fitted.report.layers[2].reason, HasSubstr("fills the 2 column tiles of 12"));
  EXPECT_THAT(fitted.report.layers[3].reason, HasSubstr("dense: alpha is 1"));
}

TEST(Fit, OneGroupMoreWouldCostClocks) {
  const NetworkDescription network = tests::pointwise_chain({40, 100, 16}, 8, 8);
  const ArrayConfig array = mx_array(16, 12);
  const Allocation fitted = fit(network, array);
  for (std::size_t i = 0; i + 1 < fitted.groups.size(); ++i) {
    std::vector<std::size_t> more = fitted.groups;
    if (++more[i] > network.layer(i).columns.size()) continue;
    EXPECT_GT(cost_of(network, array, Quantity::kInterval, more), fitted.report.interval) << i;
  }
}

// 40 rows of two weight-load cycles are 640 bytes in 5 groups, 8 bytes a cycle, and 1280 in 12:
// those would no longer stay in the weight buffer, and every image would read them anew. The
// classifier has three full tiles of 320 bytes and one of 128.
TEST(Fit, LeavesALayerWhoseWeightsWouldCostClocks) {
  const NetworkDescription network = tests::pointwise_chain({40, 40}, 2, 8);
  ArrayConfig array = mx_array(40, 12);
  array.weight_bytes = 640 + 1088;
  const Allocation fitted = fit(network, array);
  EXPECT_EQ(fitted.groups[0], 5U);
  EXPECT_THAT(fitted.report.layers[0].reason, HasSubstr("more would cost clocks"));
  array.weight_bytes = 1280 + 1088;
  EXPECT_EQ(fit(network, array).groups[0], 12U);
}

TEST(OnTheWay, LeadsFromDenseToTheGroups) {
  const NetworkDescription network = tests::pointwise_chain({12, 40}, 4, 8);
  const std::vector<std::size_t> fitted = {12, 21};
  EXPECT_THAT(on_the_way(network, fitted, 0), ElementsAre(12U, 40U));
  EXPECT_THAT(on_the_way(network, fitted, 0.5), ElementsAre(12U, 31U));
  EXPECT_THAT(on_the_way(network, fitted, 1), ElementsAre(12U, 21U));
}

struct AllocatedSample {
  NetworkDescription network = tests::pointwise_chain({24, 40, 56, 16}, 6, 8);
  ArrayConfig array = mx_array(8, 8);
  std::vector<Matrix<float>> importance;

  explicit AllocatedSample(std::uint64_t seed) {
    network.classifier.alpha = 8;
    Random random(seed);
    importance = importance_of(tests::random_numbers(network, random), Importance::kMagnitude, {});
  }
};

/// What any choice of candidates within the limit keeps at most, as part of all.
double best_by_trying(const AllocatedSample& s, Quantity quantity, std::uint64_t limit) {
  const auto lists = candidates(s.network, s.array, quantity);
  std::vector<combining::RetainedCurve> curves;
  for (std::size_t i = 0; i < lists.size(); ++i)
    curves.push_back(combining::retained_curve(s.importance[i], s.network.layer(i).alpha));
  double best = 0;
  std::vector<std::size_t> groups(lists.size());
  const std::function<void(std::size_t, double)> go = [&](std::size_t layer, double kept) {
    if (layer == lists.size()) {
      if (cost_of(s.network, s.array, quantity, groups) <= limit)
        best = std::max(best, kept / static_cast<double>(lists.size()));
      return;
    }
    for (const Candidate& candidate : lists[layer]) {
      groups[layer] = candidate.groups;
      go(layer + 1, kept + curves[layer].at(candidate.groups) / curves[layer].all());
    }
  };
  go(0, 0);
  return best;
}

TEST(Allocator, FindsTheBestWithinABudgetOfTilesOrClocks) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const AllocatedSample s(seed);
    for (const Quantity quantity : {Quantity::kTiles, Quantity::kInterval}) {
      const Allocator ends(s.network, s.array, {quantity, 1e9});
      for (const double share : {0.0, 0.2, 0.5, 0.8}) {
        SCOPED_TRACE(share);
        const auto limit =
            ends.least() +
            static_cast<std::uint64_t>(share * static_cast<double>(ends.dense() - ends.least()));
        const Allocator allocator(s.network, s.array, {quantity, static_cast<double>(limit)});
        const Allocation found = allocator.allocate(s.importance, 1, 2);
        EXPECT_LE(cost_of(s.network, s.array, quantity, found.groups), limit);
        EXPECT_EQ(*found.report.spent, cost_of(s.network, s.array, quantity, found.groups));
        const double best = best_by_trying(s, quantity, limit);
        EXPECT_NEAR(*found.report.retained, best, 1e-6);
        EXPECT_GE(*found.report.bound, best - 1e-6);
      }
    }
  }
}

TEST(Allocator, EveryQuantityKeepsItsLimit) {
  const AllocatedSample s(4);
  for (const Quantity quantity : {Quantity::kInterval, Quantity::kLatency, Quantity::kTiles,
                                  Quantity::kMacs, Quantity::kFrames}) {
    const Quantity counted = quantity == Quantity::kFrames ? Quantity::kInterval : quantity;
    const double half =
        static_cast<double>((cost_of(s.network, s.array, counted, least_groups(s.network)) +
                             cost_of(s.network, s.array, counted, most_groups(s.network))) /
                            2);
    const Budget budget{quantity, quantity == Quantity::kFrames ? 150e6 / half : half};
    SCOPED_TRACE(to_string(budget));
    const Limit limit = limit_of(budget, s.array);
    const Allocation found = Allocator(s.network, s.array, budget).allocate(s.importance, 1, 1);
    EXPECT_LE(cost_of(s.network, s.array, limit.quantity, found.groups), limit.most);
    EXPECT_LT(*found.report.retained, 1);
    // It is used: no layer's next candidate would still fit.
    const auto lists = candidates(s.network, s.array, limit.quantity);
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (const Candidate& next : lists[i]) {
        if (next.groups <= found.groups[i]) continue;
        std::vector<std::size_t> more = found.groups;
        more[i] = next.groups;
        EXPECT_GT(cost_of(s.network, s.array, limit.quantity, more), limit.most) << i;
        break;
      }
    }
  }
}

TEST(Allocator, TightensFromDense) {
  const AllocatedSample s(5);
  const Allocator allocator(s.network, s.array, {Quantity::kTiles, 50});
  EXPECT_EQ(allocator.allocate(s.importance, 0, 1).groups, most_groups(s.network));
  const Allocation half = allocator.allocate(s.importance, 0.5, 1);
  EXPECT_EQ(*half.report.limit, 50 + (allocator.dense() - 50) / 2);
  EXPECT_LE(*half.report.spent, *half.report.limit);
  EXPECT_EQ(*allocator.allocate(s.importance, 1, 1).report.limit, 50U);
}

TEST(Allocator, SaysTheLeastThatIsPossible) {
  const AllocatedSample s(6);
  const std::uint64_t least = Allocator(s.network, s.array, {Quantity::kTiles, 1e6}).least();
  EXPECT_EQ(least, cost_of(s.network, s.array, Quantity::kTiles, least_groups(s.network)));
  try {
    const Allocator allocator(s.network, s.array,
                              {Quantity::kTiles, static_cast<double>(least - 1)});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(least)));
    EXPECT_THAT(error.what(), HasSubstr("budget"));
  }
  EXPECT_EQ(Allocator(s.network, s.array, {Quantity::kTiles, static_cast<double>(least)})
                .allocate(s.importance, 1, 1)
                .report.spent,
            least);
}

TEST(Allocator, ReasonsGiveThePriceOfTheNextStep) {
  const AllocatedSample s(7);
  const Allocation found =
      Allocator(s.network, s.array, {Quantity::kTiles, 60}).allocate(s.importance, 1, 1);
  const auto lists = candidates(s.network, s.array, Quantity::kTiles);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const LayerAllocation& layer = found.report.layers[i];
    if (layer.groups == layer.columns) {
      EXPECT_THAT(layer.reason, HasSubstr("dense"));
    } else {
      EXPECT_THAT(layer.reason, HasSubstr("groups more would cost"));
    }
    EXPECT_EQ(layer.tiles * 8 * 8 >= layer.rows * layer.groups, true);
  }
}

}  // namespace
}  // namespace colcomb::allocation
