#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/limited_data.hpp"
#include "tests/support/text_table.hpp"

namespace colcomb::report {
namespace {

using Cells = std::vector<std::string>;

CombiningReport example_combining() {
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

// 1452 of 9024 weights are 16.1 %; 36096 / 6528 = 5.53.
TEST(CombiningTable, ShowsEachLayerAndTheNetwork) {
  const auto lines = tests::lines_of(combining_table(example_combining()));
  ASSERT_EQ(lines.size(), 5U);  // header, rule, layer, rule, total
  EXPECT_EQ(tests::cells_of(lines[0]),
            (Cells{"layer", "filters x columns", "alpha", "nonzeros", "kept", "groups",
                   "utilization", "retained", "tiles 32 x 32", "MACs/image", "fewer"}));
  EXPECT_EQ(tests::cells_of(lines[2]),
            (Cells{"conv0", "96 x 94", "8", "1452", "16.1%", "17", "89.0%", "0.750", "9 -> 3",
                   "36096 -> 6528", "5.53x"}));
  EXPECT_EQ(tests::cells_of(lines[4]), (Cells{"network", "1452", "16.1%", "17", "89.0%", "0.750",
                                              "9 -> 3", "36096 -> 6528", "5.53x"}));
}

TEST(CombiningTable, ALayerWithoutWeightsHasNoRatio) {
  CombiningReport report = example_combining();
  report.layers[0].nonzeros_before = report.layers[0].nonzeros = 0;
  report.layers[0].groups = report.layers[0].macs = 0;
  const auto cells = tests::cells_of(tests::lines_of(combining_table(report))[2]);
  EXPECT_EQ(cells[4], "0.0%");
  EXPECT_EQ(cells.back(), "-");
}

TEST(CombiningTable, LinesAreEquallyLong) {
  const std::string table = combining_table(example_combining());
  const std::size_t length = table.find('\n');
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = table.find('\n', at);
    EXPECT_EQ(end - at, length);
    at = end + 1;
  }
}

TEST(CombiningCsv, HasHeaderLayersAndTotal) {
  CombiningReport report = example_combining();
  report.layers[0].name = "a,\"b";
  report.layers[0].retained_magnitude_bound = 0.875;
  EXPECT_EQ(
      combining_csv(report),
      "layer,rows,columns,alpha,nonzeros_before,nonzeros,nonempty_rows,groups,utilization,"
      "retained_magnitude,retained_magnitude_bound,tiles_before,tiles,pixels,macs_before,macs\n"
      "\"a,\"\"b\",96,94,8,9024,1452,96,17,0.89,0.75,0.875,9,3,4,36096,6528\n"
      "network,96,94,8,9024,1452,96,17,0.89,0.75,,9,3,4,36096,6528\n");
}

TEST(Json, HoldsEveryFigure) {
  RunReport run;
  run.dataset = "fashion-mnist";
  run.combining = example_combining();
  run.float_accuracy = {8, 4, 6};
  run.fake_quantized_accuracy = {8, 2, 3};
  run.integer_accuracy = {10000, 8900, 9950};
  run.identical_logits = 9999;
  run.saturated = {3, 0};
  run.train_seconds = 52.5;
  const auto json = to_json(run);
  const auto& accuracy = json["accuracy"];
  EXPECT_EQ(accuracy["float"]["images"], 8);
  EXPECT_DOUBLE_EQ(accuracy["float"]["top1"], 0.5);
  EXPECT_DOUBLE_EQ(accuracy["float"]["top5"], 0.75);
  EXPECT_DOUBLE_EQ(accuracy["fake_quantized"]["top1"], 0.25);
  EXPECT_DOUBLE_EQ(accuracy["fake_quantized"]["top5"], 0.375);
  EXPECT_DOUBLE_EQ(accuracy["integer"]["top1"], 0.89);
  EXPECT_DOUBLE_EQ(accuracy["integer"]["top5"], 0.995);
  EXPECT_EQ(json["dataset"], "fashion-mnist");
  EXPECT_EQ(json["split"], "test");
  EXPECT_EQ(json["identical_logits"], 9999);
  EXPECT_EQ(json["saturated_outputs"], (std::vector<std::uint64_t>{3, 0}));
  EXPECT_EQ(json["train_seconds"], 52.5);
  const auto expected = nlohmann::ordered_json::parse(
      R"({"name": "conv0", "rows": 96, "columns": 94, "alpha": 8, "nonzeros_before": 9024,
          "nonzeros": 1452, "nonempty_rows": 96, "groups": 17, "utilization": 0.89,
          "retained_magnitude": 0.75, "retained_magnitude_bound": null, "tiles_before": 9, "tiles": 3, "pixels": 4,
          "macs_before": 36096, "macs": 6528})");
  EXPECT_EQ(json["combining"]["layers"], nlohmann::ordered_json::array({expected}));
  EXPECT_EQ(json["combining"]["total"]["macs"], 6528);
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
  return {"fashion-mnist", {{{"combining.gamma", "1.75"}}}, 3, {run}};
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
  EXPECT_EQ(json["identity"]["combining.gamma"], "1.75");
  EXPECT_EQ(json["runs"][0]["percent"], 2.5);
  EXPECT_TRUE(json["runs"][0]["validation_top1"].is_null());
  report.planned = 1;
  EXPECT_TRUE(to_json(report)["complete"]);
}

}  // namespace
}  // namespace colcomb::report
