#include "colcomb/report/quantization_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/text_table.hpp"

namespace colcomb::report {
namespace {

using ::testing::HasSubstr;

QuantizationCheck two_layers() {
  QuantizationCheck check;
  check.images = 8;
  check.agreeing = 6;
  check.stages = {{"conv0", 0.5, {2, 3, 1, 0, 1.0, 2.25}, {100, 1}, 30, 40, 10},
                  {"pooling", 0.25, {}, {0, 0}, 4, 4, 0},
                  {"linear", 0.125, {1, 0, 0, 0, -1, -1.5}, {10, 1}, 80, 80, 0}};
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

TEST(QuantizationReport, SensitivityHasALinePerLayer) {
  const auto lines = tests::lines_of(quantization_table(two_layers()));
  const auto at = std::ranges::find(lines, "top-1 class as the float network's");
  ASSERT_LT(lines.end() - at, 7);
  ASSERT_GT(lines.end() - at, 4);
  using Row = std::vector<std::string>;
  // Of 8 images; 10 / 0.1 is 20 dB, 10 / 0.01 is 30 dB.
  EXPECT_EQ(tests::cells_of(at[1]),
            (Row{"quantized", "only this", "up to this", "all but this", "logits' SNR dB, only"}));
  EXPECT_EQ(tests::cells_of(at[3]), (Row{"conv0", "87.50%", "87.50%", "100.00%", "20.0"}));
  EXPECT_EQ(tests::cells_of(at[4]), (Row{"linear", "100.00%", "75.00%", "87.50%", "30.0"}));
}

TEST(QuantizationReport, JsonHasEveryFigure) {
  EXPECT_EQ(to_json(two_layers()), nlohmann::ordered_json::parse(R"({
      "images": 8, "agreeing": 6,
      "stages": [
        {"name": "conv0", "step": 0.5, "largest_difference": 1.25, "largest_difference_steps": 2.5,
         "image": 2, "channel": 3, "y": 1, "x": 0, "float": 1.0, "integer": 2.25, "snr_db": 20.0,
         "values": 30, "clamped": 40, "saturated": 10},
        {"name": "pooling", "step": 0.25, "largest_difference": 0.0, "largest_difference_steps": 0.0,
         "image": 0, "channel": 0, "y": 0, "x": 0, "float": 0.0, "integer": 0.0, "snr_db": null,
         "values": 4, "clamped": 4, "saturated": 0},
        {"name": "linear", "step": 0.125, "largest_difference": 0.5, "largest_difference_steps": 4.0,
         "image": 1, "channel": 0, "y": 0, "x": 0, "float": -1.0, "integer": -1.5, "snr_db": 10.0,
         "values": 80, "clamped": 80, "saturated": 0}],
      "sensitivity": [
        {"name": "conv0", "only": 7, "up_to": 7, "all_but": 8, "only_logits_snr_db": 20.0},
        {"name": "linear", "only": 8, "up_to": 6, "all_but": 7, "only_logits_snr_db": 30.0}],
      "noisiest_layer": "conv0"})"));
}

}  // namespace
}  // namespace colcomb::report
