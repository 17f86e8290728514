#include "colcomb/report/quantization_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace colcomb::report {
namespace {

using ::testing::HasSubstr;

QuantizationCheck two_layers() {
  QuantizationCheck check;
  check.images = 8;
  check.agreeing = 6;
  check.stages = {{"conv0", 0.5, {2, 3, 1, 0, 1.0, 2.25}, {100, 1}, 40, 10},
                  {"pooling", 0.25, {}, {0, 0}, 4, 0},
                  {"linear", 0.125, {1, 0, 0, 0, -1, -1.5}, {10, 1}, 80, 0}};
  check.sensitivity = {{"conv0", 7, 7, 8, {10, 0.1}}, {"linear", 8, 6, 7, {10, 0.01}}};
  return check;
}

TEST(QuantizationReport, TableHasDifferencesInStepsDecibelsAndTheNoisiestLayer) {
  const std::string text = quantization_table(two_layers());
  // |2.25 - 1| is 2.5 steps of 0.5; 100 / 1 is 20 dB; 10 of 40.
  EXPECT_THAT(text, HasSubstr("1.2500    2.5   1.0000   2.2500            2, 3, 1, 0    20.0"));
  EXPECT_THAT(text, HasSubstr("25.00%"));
  EXPECT_THAT(text, HasSubstr("conv0         87.50%      87.50%       100.00%"));
  EXPECT_THAT(
      text,
      HasSubstr("6 of 8 images as in floating point; conv0 costs the most: alone it "
                "leaves the logits 20.0 dB, and with it alone in floating point 8 of 8 agree"));
}

TEST(QuantizationReport, JsonHasTheSame) {
  const auto json = to_json(two_layers());
  EXPECT_EQ(json["agreeing"], 6);
  EXPECT_EQ(json["stages"][0]["largest_difference_steps"], 2.5);
  EXPECT_EQ(json["stages"][0]["snr_db"], 20.0);
  EXPECT_TRUE(json["stages"][1]["snr_db"].is_null());
  EXPECT_EQ(json["stages"][0]["saturated"], 10);
  EXPECT_EQ(json["sensitivity"][1]["up_to"], 6);
  EXPECT_EQ(json["noisiest_layer"], "conv0");
}

}  // namespace
}  // namespace colcomb::report
