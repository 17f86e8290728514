#include "colcomb/simulation/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::simulation {
namespace {

std::vector<TimelineSlice> slices_of(const Timeline& timeline, const std::string& track) {
  const auto index =
      static_cast<std::size_t>(std::ranges::find(timeline.tracks, track) - timeline.tracks.begin());
  std::vector<TimelineSlice> result;
  for (const TimelineSlice& slice : timeline.slices) {
    if (slice.track == index) result.push_back(slice);
  }
  return result;
}

// The clocks of docs/reference/cycle-model.md, "Worked example".
TEST(Timeline, OfTheWorkedExample) {
  const Timeline timeline = timeline_of(tests::worked_network(), tests::worked_array(), 1);
  const auto array = slices_of(timeline, "array");
  ASSERT_EQ(array.size(), 5U);
  EXPECT_EQ(array[1].begin, 71U);
  EXPECT_EQ(array[1].end, 95U);
  EXPECT_EQ(array[1].name, "first, filters 0 to 1, column tile 1");
  const auto weights = slices_of(timeline, "weights");
  EXPECT_EQ(weights[4].begin, 133U);
  EXPECT_EQ(weights[4].end, 143U);
  const auto dram = slices_of(timeline, "DRAM");
  EXPECT_EQ(dram[0].begin, 0U);
  EXPECT_EQ(dram[0].end, 19U);
  EXPECT_EQ(dram[2].begin, 49U);
  EXPECT_EQ(dram[2].end, 56U);
}

TEST(Timeline, IdleAndBusyClocksOfTheArrayAreTheCycleBreakdown) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const tests::Machine sample = tests::random_machine(random);
    const auto images =
        tests::random_images(random, sample.network.description.input, 2 * sample.config.batch);
    const CycleCount cycles =
        simulate_fast(sample.network, sample.config, images, 1).result.total.cycles;
    const Timeline timeline = timeline_of(sample.network, sample.config, 2);
    std::uint64_t busy = 0;
    std::uint64_t fill = 0;
    std::uint64_t loading = 0;
    for (const TimelineSlice& slice : slices_of(timeline, "array")) busy += slice.end - slice.begin;
    for (const TimelineSlice& slice : slices_of(timeline, "idle array")) {
      if (slice.name == "fill") fill += slice.end - slice.begin;
      if (slice.name == "weight loading") loading += slice.end - slice.begin;
    }
    EXPECT_GE(busy, cycles.compute) << "seed " << seed;
    EXPECT_LE(busy, cycles.compute + cycles.stall) << "seed " << seed;
    EXPECT_EQ(fill, cycles.fill) << "seed " << seed;
    EXPECT_EQ(loading, cycles.weight_load) << "seed " << seed;
    for (std::size_t i = 1; i < timeline.slices.size(); ++i) {
      const TimelineSlice& before = timeline.slices[i - 1];
      const TimelineSlice& now = timeline.slices[i];
      EXPECT_TRUE(before.track < now.track || before.end <= now.begin)
          << "seed " << seed << ", track " << timeline.tracks[now.track];
    }
  }
}

}  // namespace
}  // namespace colcomb::simulation
