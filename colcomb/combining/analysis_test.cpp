#include "colcomb/combining/analysis.hpp"

#include <gtest/gtest.h>

namespace colcomb::combining {
namespace {

TEST(UtilizationEfficiency, IsTheShareOfFullCells) {
  EXPECT_DOUBLE_EQ(utilization_efficiency(9, 3, 4), 0.75);
  EXPECT_EQ(utilization_efficiency(0, 0, 4), 0.0);
  // The paper's ResNet-20 layer: 96 x 94 with 16% nonzeros packs to 96 x 17 with 89%.
  EXPECT_NEAR(utilization_efficiency(1452, 96, 17), 0.89, 0.001);
}

TEST(CountTiles, RoundsBothSidesUp) {
  EXPECT_EQ(count_tiles(96, 94, 32, 32), 9U);
  EXPECT_EQ(count_tiles(96, 17, 32, 32), 3U);
  EXPECT_EQ(count_tiles(97, 33, 32, 32), 8U);
  EXPECT_EQ(count_tiles(0, 5, 32, 32), 0U);
}

// Row 1 loses all its weights; one weight of the 6 is zero from the start.
const Matrix<float> kAnalysed(2, 3, {4, -2, 1, 1, 0, 2});
const Matrix<std::uint8_t> kMask(2, 3, {1, 0, 1, 0, 0, 0});
const ColumnGroups kAnalysedGroups{{{0, 1}, {2}}};

TEST(ReportLayer, CountsBeforeAndAfter) {
  const LayerReport report = report_layer({"conv", kAnalysed, kMask, kAnalysedGroups, 2, 10}, 1, 2);
  EXPECT_EQ(report.name, "conv");
  EXPECT_EQ(report.rows, 2U);
  EXPECT_EQ(report.columns, 3U);
  EXPECT_EQ(report.alpha, 2U);
  EXPECT_EQ(report.nonzeros_before, 5U);
  EXPECT_EQ(report.nonzeros, 2U);
  EXPECT_EQ(report.nonempty_rows, 1U);
  EXPECT_EQ(report.groups, 2U);
  EXPECT_DOUBLE_EQ(report.utilization, 1.0);
  EXPECT_DOUBLE_EQ(report.retained_magnitude, 0.5);
  // The two largest of each row: 4 + 2 and 2 + 1 of 10; {1, 2} and {0} keep as much.
  EXPECT_DOUBLE_EQ(report.retained_magnitude_bound.value(), 0.9);
  EXPECT_EQ(report.tiles_before, 4U);
  EXPECT_EQ(report.tiles, 2U);
  EXPECT_EQ(report.pixels, 10U);
  EXPECT_EQ(report.macs_before, 60U);
  EXPECT_EQ(report.macs, 40U);
}

// Groups that leave a nonzero column out have no such bound, and then their sum has none.
TEST(ReportLayer, BoundNeedsPlaceForAllColumns) {
  const ColumnGroups fewer{{{0, 1}}};
  const CombinedLayer left_out{"conv", kAnalysed, kMask, fewer, 2, 10};
  const CombinedLayer whole{"conv", kAnalysed, kMask, kAnalysedGroups, 2, 10};
  EXPECT_FALSE(report_layer(left_out, 1, 2).retained_magnitude_bound);
  const std::vector<CombinedLayer> both = {whole, left_out};
  EXPECT_FALSE(report_layers(both, 1, 2).total.retained_magnitude_bound);
  const std::vector<CombinedLayer> twice = {whole, whole};
  EXPECT_DOUBLE_EQ(report_layers(twice, 1, 2).total.retained_magnitude_bound.value(), 0.9);
}

// A depthwise layer is compared with itself, not with a full one: packed it costs more.
TEST(ReportLayer, BeforeCombiningAGroupedConvolutionIsItsGroups) {
  const Matrix<float> stored(2, 4, {1, 2, 0, 0, 0, 0, 3, 4});
  const Matrix<std::uint8_t> mask(2, 4, {1, 1, 0, 0, 0, 0, 1, 1});
  const ColumnGroups groups{{{0, 2}, {1, 3}}};
  CombinedLayer layer{"depthwise", stored, mask, groups, 2, 10, 2};
  LayerReport report = report_layer(layer, 1, 2);
  EXPECT_EQ(report.nonzeros_before, 4U);
  EXPECT_EQ(report.macs_before, 40U);
  EXPECT_EQ(report.macs, 40U);
  const ColumnGroups apart = singleton_groups(4);
  report = report_layer({"depthwise", stored, mask, apart, 1, 10, 2}, 1, 2);
  EXPECT_EQ(report.macs_before, 40U);
  EXPECT_EQ(report.macs, 80U);
}

TEST(ReportLayers, TotalsWeighByCellsAndByMagnitude) {
  const Matrix<float> other(1, 1, {30});
  const Matrix<std::uint8_t> kept(1, 1, {1});
  const ColumnGroups single{{{0}}};
  const std::vector<CombinedLayer> layers = {{"conv", kAnalysed, kMask, kAnalysedGroups, 2, 10},
                                             {"linear", other, kept, single, 1, 1}};
  const CombiningReport report = report_layers(layers, 1, 2);
  EXPECT_EQ(report.layers.size(), 2U);
  EXPECT_EQ(report.layers[1].name, "linear");
  EXPECT_EQ(report.array_rows, 1U);
  EXPECT_EQ(report.array_cols, 2U);
  EXPECT_EQ(report.total.rows, 3U);
  EXPECT_EQ(report.total.columns, 4U);
  EXPECT_EQ(report.total.alpha, 2U);
  EXPECT_EQ(report.total.nonzeros_before, 6U);
  EXPECT_EQ(report.total.nonzeros, 3U);
  EXPECT_EQ(report.total.nonempty_rows, 2U);
  EXPECT_EQ(report.total.groups, 3U);
  EXPECT_EQ(report.total.pixels, 11U);
  EXPECT_EQ(report.total.macs_before, 61U);
  EXPECT_EQ(report.total.macs, 41U);
  EXPECT_EQ(report.total.tiles_before, 5U);
  EXPECT_EQ(report.total.tiles, 3U);
  EXPECT_DOUBLE_EQ(report.total.utilization, 1.0);           // 3 of 2 + 1 cells
  EXPECT_DOUBLE_EQ(report.total.retained_magnitude, 0.875);  // 35 of 40
}

TEST(ReportLayers, OfNoLayersIsEmpty) {
  const CombiningReport report = report_layers({}, 32, 32);
  EXPECT_EQ(report.total.rows, 0U);
  EXPECT_EQ(report.total.utilization, 0.0);
  EXPECT_EQ(report.total.retained_magnitude, 1.0);
}

}  // namespace
}  // namespace colcomb::combining
