#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/limited_data.hpp"

namespace colcomb::report {
namespace {

CombiningReport example() {
  CombiningReport report;
  LayerReport layer;
  layer.name = "conv0";
  layer.rows = 96;
  layer.columns = 94;
  layer.alpha = 8;
  layer.nonzeros_before = 9024;
  layer.nonzeros = 1452;
  layer.nonempty_rows = 96;
  layer.groups = 17;
  layer.utilization = 0.89;
  layer.retained_magnitude = 0.75;
  layer.tiles_before = 9;
  layer.tiles = 3;
  layer.pixels = 4;
  layer.macs_before = 36096;
  layer.macs = 6528;
  report.layers = {layer};
  report.total = layer;
  report.total.name = "network";
  return report;
}

TEST(CombiningTable, ShowsEachLayerAndTheNetwork) {
  const std::string table = combining_table(example());
  EXPECT_NE(table.find("conv0"), std::string::npos);
  EXPECT_NE(table.find("96 x 94"), std::string::npos);
  EXPECT_NE(table.find("89.0%"), std::string::npos);
  EXPECT_NE(table.find("9 -> 3"), std::string::npos);
  EXPECT_NE(table.find("tiles 32 x 32"), std::string::npos);
  EXPECT_NE(table.find("5.53x"), std::string::npos);
  EXPECT_NE(table.find("network"), std::string::npos);
}

TEST(CombiningTable, LinesAreEquallyLong) {
  const std::string table = combining_table(example());
  const std::size_t length = table.find('\n');
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = table.find('\n', at);
    EXPECT_EQ(end - at, length);
    at = end + 1;
  }
}

TEST(CombiningCsv, HasHeaderLayersAndTotal) {
  const std::string csv = combining_csv(example());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_NE(csv.find("conv0,96,94,8,9024,1452,96,17,0.89,0.75,9,3,4,36096,6528\n"),
            std::string::npos);
}

TEST(Json, HoldsEveryFigure) {
  RunReport run;
  run.dataset = "fashion-mnist";
  run.combining = example();
  run.integer_accuracy = {10000, 8900, 9950};
  const auto json = to_json(run);
  EXPECT_DOUBLE_EQ(json["accuracy"]["integer"]["top1"], 0.89);
  EXPECT_EQ(json["combining"]["layers"][0]["groups"], 17);
  EXPECT_FALSE(json["accuracy"].contains("dense"));
  run.dense_accuracy = Accuracy{10, 9, 10};
  EXPECT_TRUE(to_json(run)["accuracy"].contains("dense"));
}

LimitedDataReport limited_data() {
  LimitedDataRun run;
  run.percent = 2.5;
  run.images = 1470;
  run.start = "pretrained";
  run.last.epoch = 6;
  run.last.test_top1 = 0.8125;
  run.last.test_top5 = 0.9375;
  run.last.validation_top1 = std::numeric_limits<double>::quiet_NaN();
  run.last.nonzeros = 10036;
  run.last.packed_macs = 10080;
  run.last.utilization = 0.875;
  run.seconds = 65;
  return {"fashion-mnist", R"({"--gamma":1.75})", 3, {run}};
}

TEST(LimitedData, TableHasALinePerRun) {
  const std::string table = limited_data_table(limited_data());
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 3);  // header, rule, run
  for (const char* cell : {"pretrained", "2.5%", "1470", "81.25%", "93.75%", " - ", "10036",
                           "10080", "87.5%", "1m05s"}) {
    EXPECT_NE(table.find(cell), std::string::npos) << cell;
  }
}

TEST(LimitedData, CsvLeavesOutWhatDoesNotExist) {
  const std::string csv = limited_data_csv(limited_data());
  EXPECT_NE(csv.find("\npretrained,2.5,1470,6,0.8125,0.9375,,10036,10080,0.875,65\n"),
            std::string::npos)
      << csv;
  EXPECT_EQ(std::count(csv.begin(), csv.begin() + csv.find('\n'), ','), 10);
}

TEST(LimitedData, JsonSaysWhetherAllRunsAreThere) {
  LimitedDataReport report = limited_data();
  auto json = to_json(report);
  EXPECT_FALSE(json["complete"]);
  EXPECT_EQ(json["options"]["--gamma"], 1.75);
  EXPECT_EQ(json["runs"][0]["percent"], 2.5);
  EXPECT_TRUE(json["runs"][0]["validation_top1"].is_null());
  report.planned = 1;
  EXPECT_TRUE(to_json(report)["complete"]);
}

}  // namespace
}  // namespace colcomb::report
