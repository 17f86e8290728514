#include "colcomb/tiling/baselines.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_network.hpp"

namespace colcomb::tiling {
namespace {

TEST(Baselines, KeepEveryWeightOneColumnAGroup) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    const QuantizedNetwork network = tests::random_quantized_network(random);
    const QuantizedNetwork sparse = without_combining(network);
    const QuantizedNetwork full = dense(network);
    validate(sparse, "sparse");
    validate(full, "dense");
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const Matrix<std::int8_t> weights = unpack(network.layer(i).weights);
      EXPECT_EQ(unpack(sparse.layer(i).weights), weights) << "seed " << seed;
      EXPECT_EQ(unpack(full.layer(i).weights), weights) << "seed " << seed;
      EXPECT_EQ(full.layer(i).weights.groups, singleton_groups(weights.cols()));
      std::size_t nonzero = 0;
      for (std::size_t column = 0; column < weights.cols(); ++column) {
        for (std::size_t row = 0; row < weights.rows(); ++row) {
          if (weights(row, column) == 0) continue;
          ASSERT_LT(nonzero, sparse.layer(i).weights.groups.size());
          EXPECT_EQ(sparse.layer(i).weights.groups.groups[nonzero],
                    std::vector{static_cast<std::uint32_t>(column)});
          ++nonzero;
          break;
        }
      }
      EXPECT_EQ(sparse.layer(i).weights.groups.size(), nonzero);
    }
  }
}

}  // namespace
}  // namespace colcomb::tiling
