#include "colcomb/simulation/exact/first_difference.hpp"

#include <gtest/gtest.h>

#include "tests/support/worked_example.hpp"

// Values and clocks of docs/reference/cycle-model.md, "Worked example".
namespace colcomb::simulation {
namespace {

const std::vector<std::uint8_t> kImage = {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};

TEST(FirstDifference, NamesPlaceClockAndBothValues) {
  const QuantizedNetwork network = tests::worked_network();
  const ArrayConfig config = tests::worked_array();
  const Simulation right = simulate_exact(network, config, kImage);
  EXPECT_EQ(first_difference(network, config, kImage, right.values), std::nullopt);

  std::vector<semantics::ImageValues> wrong = right.values;
  wrong[0].logits[1] = 7;
  EXPECT_EQ(describe(*first_difference(network, config, kImage, wrong), network),
            "image 0, layer linear, class 1, written in clock 246: 7 instead of -120");
  wrong[0].pooled[2] = 3;
  // The last byte of the third filter is written in clock 171, its mean 18 clocks later.
  EXPECT_EQ(describe(*first_difference(network, config, kImage, wrong), network),
            "image 0, layer linear, pooled channel 2, written in clock 202: 3 instead of 154");
  wrong[0].outputs[0].values[5] = 9;
  // Tile 1 writes row 1's word 2 in clock 59 + 8 * 2 + 2 + 1 + 32.
  EXPECT_EQ(describe(*first_difference(network, config, kImage, wrong), network),
            "image 0, layer first, filter 1, pixel (0, 2), written in clock 123: 9 instead of 22");
}

TEST(FirstDifference, ClocksOfACrossLayerRun) {
  const QuantizedNetwork network = tests::worked_network();
  ArrayConfig config = tests::worked_array();
  config.cross_layer = true;
  std::vector<semantics::ImageValues> wrong = simulate_exact(network, config, kImage).values;
  wrong[0].logits[1] = 7;
  EXPECT_EQ(first_difference(network, config, kImage, wrong)->clock, 131U);
}

}  // namespace
}  // namespace colcomb::simulation
