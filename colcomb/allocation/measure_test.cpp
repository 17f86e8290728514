#include "colcomb/allocation/measure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/allocation/importance.hpp"
#include "colcomb/base/error.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/pointwise_chain.hpp"

namespace colcomb::allocation {
namespace {

using testing::HasSubstr;

struct EnergySample {
  NetworkDescription network = tests::pointwise_chain({24, 40, 56, 16}, 6, 8);
  ArrayConfig array = tests::mx_array(8, 8);
  std::vector<Matrix<float>> importance;

  EnergySample() {
    network.classifier.alpha = 8;
    Random random(3);
    importance = importance_of(tests::random_numbers(network, random), Importance::kMagnitude, {});
  }
};

TEST(EnergyBudget, GrowsByTheColumnTileAndIsKept) {
  const EnergySample s;
  const Measure measure = measure_of(parse_budget("energy=1"), s.array);
  const auto least =
      static_cast<double>(cost_of(s.network, s.array, measure, least_groups(s.network)));
  const auto most =
      static_cast<double>(cost_of(s.network, s.array, measure, most_groups(s.network)));
  EXPECT_GT(most, 1.5 * least);
  double kept = 0;
  for (const double share : {0.1, 0.4, 0.8}) {
    const Budget budget{Quantity::kEnergy, 1e-6 * (least + share * (most - least)), "sg13g2"};
    const Allocation found = Allocator(s.network, s.array, budget).allocate(s.importance, 1, 1);
    EXPECT_LE(cost_of(s.network, s.array, measure, found.groups), limit_of(budget, s.array).most);
    EXPECT_EQ(*found.report.spent, cost_of(s.network, s.array, measure, found.groups));
    EXPECT_GT(*found.report.retained, kept);
    kept = *found.report.retained;
    EXPECT_LT(kept, 1);
    // It is used: no layer's next candidate would still fit.
    const auto lists = candidates(s.network, s.array, measure);
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (const Candidate& next : lists[i]) {
        if (next.groups <= found.groups[i]) continue;
        std::vector<std::size_t> more = found.groups;
        more[i] = next.groups;
        EXPECT_GT(cost_of(s.network, s.array, measure, more), limit_of(budget, s.array).most) << i;
        break;
      }
    }
  }
}

TEST(EnergyBudget, SaysWhatIsNotPossible) {
  const EnergySample s;
  const auto refusal = [&](const char* budget) -> std::string {
    try {
      const Allocator allocator(s.network, s.array, parse_budget(budget));
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("energy=0.00001"), HasSubstr("uJ is all that is possible"));
  EXPECT_THAT(refusal("energy=60@ice40-hx8k"), HasSubstr("not known"));
  EXPECT_THAT(refusal("energy=60@nothing"), HasSubstr("nothing"));
}

TEST(EnergyBudget, DependsOnTheTechnology) {
  const EnergySample s;
  const auto energy = [&](const char* budget) {
    return cost_of(s.network, s.array, measure_of(parse_budget(budget), s.array),
                   least_groups(s.network));
  };
  EXPECT_GT(energy("energy=1@sg13g2"), energy("energy=1@cmos45"));
}

}  // namespace
}  // namespace colcomb::allocation
