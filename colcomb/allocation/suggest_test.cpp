#include "colcomb/allocation/suggest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/allocation/candidates.hpp"
#include "colcomb/base/error.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

using tests::mx_array;

std::optional<ArrayCost> find(const SuggestionReport& report, const std::string& change) {
  const auto found = std::ranges::find(report.suggestions, change, &Suggestion::change);
  return found == report.suggestions.end() ? std::nullopt : std::optional(found->cost);
}

struct SuggestedSample {
  NetworkDescription network = tests::pointwise_chain({16, 20, 40}, 8, 8);
  ArrayConfig array = mx_array(16, 8, 8);
  std::vector<std::size_t> groups = {4, 3, 40};
  SuggestionReport report = suggest(network, groups, array);

  [[nodiscard]] std::uint64_t interval(const std::vector<std::size_t>& of) const {
    return cost_of(network, array, Quantity::kInterval, of);
  }
};

TEST(Suggest, GroupsThatAreFreeAndTheNextColumnTile) {
  const SuggestedSample s;
  EXPECT_EQ(s.report.now.interval, s.interval(s.groups));
  EXPECT_LE(find(s.report, "layer0: 4 -> 8 groups")->interval, s.report.now.interval);
  EXPECT_EQ(find(s.report, "layer0: 4 -> 16 groups")->interval, s.interval({16, 3, 40}));
  EXPECT_GT(find(s.report, "layer0: 4 -> 16 groups")->interval, s.report.now.interval);
  EXPECT_LE(find(s.report, "layer1: 3 -> 8 groups")->interval, s.report.now.interval);
  EXPECT_EQ(s.report.fitted.interval, s.interval(fit(s.network, s.array).groups));
}

// 20 filters need a second row tile for 4 of them, 40 a third one for 8.
TEST(Suggest, WidthsThatFillRowTilesOrDoWithoutOne) {
  const SuggestedSample s;
  const NetworkDescription narrow = with_width(s.network, 0, 16);
  EXPECT_EQ(find(s.report, "layer0: 20 -> 16 filters")->interval,
            fit(narrow, s.array).report.interval);
  EXPECT_LT(find(s.report, "layer0: 20 -> 16 filters")->interval, s.report.fitted.interval);
  EXPECT_EQ(find(s.report, "layer0: 20 -> 32 filters")->tiles, s.report.fitted.tiles);
  EXPECT_TRUE(find(s.report, "layer1: 40 -> 48 filters").has_value());
}

TEST(Suggest, AlphasAndShapesOfAsManyCells) {
  const SuggestedSample s;
  EXPECT_FALSE(find(s.report, "alpha 8 in place of 8, all layers").has_value());
  const auto one = find(s.report, "alpha 1 in place of 8, all layers");
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->interval,
            fit(tests::pointwise_chain({16, 20, 40}, 8, 1), mx_array(16, 8, 1)).report.interval);
  EXPECT_GT(one->interval, s.report.fitted.interval);
  const auto wide = find(s.report, "8 x 16 cells in place of 16 x 8");
  ASSERT_TRUE(wide.has_value());
  EXPECT_EQ(wide->interval, fit(s.network, mx_array(8, 16, 8)).report.interval);
}

TEST(Suggest, WidthsKeepOffsetsAndTheNetworkValid) {
  NetworkDescription network = tests::pointwise_chain({3, 4, 5}, 8, 8);
  network.hidden[1].kind = LayerKind::kShift;
  network.hidden[1].kernel = 3;
  for (std::size_t c = 0; c < 4; ++c) network.hidden[1].columns[c].dy = c % 2 == 0 ? -1 : 1;
  for (const std::size_t width : {1U, 3U, 4U, 11U}) {
    const NetworkDescription other = with_width(network, 0, width);
    validate(other, "test");
    ASSERT_EQ(other.hidden[1].columns.size(), width);
    for (std::size_t c = 0; c < width; ++c)
      EXPECT_EQ(other.hidden[1].columns[c].dy, c % 4 % 2 == 0 ? -1 : 1);
  }
  validate(with_width(network, 1, 9), "test");
}

TEST(Suggest, LeavesWidthsAloneThatOthersDependOn) {
  NetworkDescription network = tests::pointwise_chain({4, 4, 4, 4}, 8, 8);
  network.hidden[2].residual = 0;
  EXPECT_FALSE(widens_alone(network, 0));  // is added later
  EXPECT_FALSE(widens_alone(network, 1));  // what comes next is added to
  EXPECT_FALSE(widens_alone(network, 2));
  network.hidden[2].residual.reset();
  EXPECT_TRUE(widens_alone(network, 2));
  network.hidden[1].conv_groups = 4;
  EXPECT_FALSE(widens_alone(network, 0));
}

TEST(Suggest, AnArrayPerLayerHasNothingToFill) {
  SuggestedSample s;
  s.array.cross_layer = true;
  EXPECT_THROW((void)suggest(s.network, s.groups, s.array), UserError);
}

}  // namespace
}  // namespace colcomb::allocation
