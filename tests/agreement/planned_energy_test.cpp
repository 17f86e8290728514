// The energy that a budget is kept by beside what the network costs that is then packed so.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "colcomb/allocation/candidates.hpp"
#include "colcomb/stages/cost.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/mx_array.hpp"

namespace colcomb {
namespace {

TEST(PlannedEnergy, IsThePackedNetworks) {
  for (const char* technology : {"sg13g2", "cmos45"}) {
    for (const std::size_t alpha : {1U, 4U, 8U}) {
      for (const std::size_t side : {8U, 32U}) {
        SCOPED_TRACE(fmt::format("{}, alpha {}, {} x {}", technology, alpha, side, side));
        const QuantizedNetwork network =
            tests::filled_block_network({{16, 40}, {2, 2}, {1, 2}, {alpha, alpha}, 3, 16, 10}, 5);
        const ArrayConfig array = tests::mx_array(side, side);
        std::vector<std::size_t> groups;
        for (const QuantizedLayer& layer : network.all())
          groups.push_back(layer.weights.groups.size());
        const auto measure =
            allocation::measure_of(allocation::parse_budget("energy=1", technology), array);
        const auto planned =
            static_cast<double>(allocation::cost_of(network.description, array, measure, groups));
        stages::CostStageOptions options;
        options.technology = technology;
        const auto packed = stages::cost_of_network(network, array, options).cost.network.on_chip;
        ASSERT_TRUE(packed.value.has_value());
        EXPECT_NEAR(planned / packed.value->high, 1, 0.02);
      }
    }
  }
}

}  // namespace
}  // namespace colcomb
