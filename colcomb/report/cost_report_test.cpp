#include <gtest/gtest.h>

#include "colcomb/report/cost_json.hpp"
#include "colcomb/report/cost_table.hpp"
#include "colcomb/report/cost_text.hpp"
#include "tests/support/text_table.hpp"

namespace colcomb::report {
namespace {

using Cells = std::vector<std::string>;

CostFigure known(double low, double high, const std::string& source) {
  CostFigure figure;
  figure.value = {low, high};
  figure.sources = {source};
  figure.entries = {"entry of " + source};
  return figure;
}

CostFigure unknown() {
  CostFigure figure;
  figure.absent = "not measured";
  return figure;
}

CostReport example() {
  CostReport report;
  report.technology = "t";
  report.node_nm = 130;
  report.array = "a";
  report.cells = "MX cells";
  report.images = 1;
  report.clock_mhz = 150;
  report.network.name = "network";
  report.network.parts = {{"useful MACs", known(1e3, 3e3, "s"), "MACs"},
                          {"residuals", known(0, 0, "s"), "buffers"},
                          {"leakage", unknown(), "leakage"},
                          {"clock", known(2e3, 2e3, "r"), "clocks"}};
  report.network.on_chip = known(3e3, 5e3, "s");
  report.network.on_chip.sources.insert("r");
  report.network.on_chip.without = {"leakage"};
  report.network.dram = known(1e3, 9e3, "d");
  report.layers = {report.network};
  report.layers[0].name = "conv, first";
  report.area_sum = report.logic_sum = report.block_rams_sum = unknown();
  report.clock_limits = {{"cells", known(100, 120, "s"), ""},
                         {"feeders", known(300, 300, "s"), ""}};
  report.frames_per_joule = known(2e8, 3e8, "s");
  report.sources = {{"r", "Reader"}, {"s", "Synthesis"}, {"d", "Data sheet"}};
  report.assumptions = {{"x", "All is well"}};
  return report;
}

TEST(CostTable, ShowsPartsWithTheirSourcesAndCallsNoPartialSumATotal) {
  const std::string text = cost_table(example());
  const auto lines = tests::lines_of(text);
  EXPECT_EQ(tests::cells_of(lines[3]),
            (Cells{"energy of an image, on the chip", "nJ", "of the sum", "sources"}));
  EXPECT_EQ(tests::cells_of(lines[5]), (Cells{"useful MACs", "1.000-3.000", "50.0%", "[2]"}));
  EXPECT_EQ(tests::cells_of(lines[6]), (Cells{"leakage", "-", "-", "not measured"}));
  EXPECT_EQ(tests::cells_of(lines[9]),
            (Cells{"sum of the known parts", "3.000-5.000", "100.0%", "[1] [2]"}));
  EXPECT_EQ(lines[10], "DRAM, apart: 1.000-9.000 nJ an image [3]");
  EXPECT_EQ(text.find("total"), std::string::npos);
  EXPECT_EQ(text.find("residuals"), std::string::npos);
  EXPECT_NE(text.find("150 MHz is above what this technology reaches: cells 100.0-120.0 MHz"),
            std::string::npos);
  EXPECT_EQ(text.find("reaches: feeders"), std::string::npos);
  EXPECT_NE(text.find("- All is well.\n"), std::string::npos);
  EXPECT_NE(text.find("[2] Synthesis\n"), std::string::npos);
}

TEST(CostTable, ATotalIsOneWhereNothingIsMissing) {
  CostReport report = example();
  report.area = {{"cells", known(2e6, 2e6, "s"), ""}};
  report.area_sum = known(2e6, 2e6, "s");
  const std::string text = cost_table(report);
  EXPECT_NE(text.find("total  2.000"), std::string::npos) << text;
}

TEST(CostTable, SaysThatATechnologyGivesNoEnergy) {
  CostReport report = example();
  report.network.on_chip = unknown();
  EXPECT_NE(cost_table(report).find("energy: t gives none"), std::string::npos);
  EXPECT_EQ(cost_layer_table(report), "");
}

TEST(CostLayerTable, MarksSumsThatLackAPart) {
  const auto lines = tests::lines_of(cost_layer_table(example()));
  EXPECT_EQ(tests::cells_of(lines[2]), (Cells{"conv, first", "1.000-3.000", "0", "2.000", "0", "0",
                                              "0", "-*", "3.000-5.000*", "1.000-9.000"}));
  EXPECT_EQ(lines[5], "*: the known parts, without leakage");
}

TEST(CostComparisonTable, RelatesToTheFirstAndComparesTheCells) {
  CostComparison comparison;
  comparison.rows = {{"one", example()}, {"two", example()}};
  comparison.rows[1].cost.network.on_chip = known(6e3, 10e3, "s");
  comparison.serial = {"MX", known(50, 50, "s"), known(24, 24, "s"), known(500, 500, "s"), 0.125,
                       8};
  comparison.parallel = {"p", known(200, 200, "s"), known(8, 8, "s"), known(125, 125, "s"), 1, 64};
  const std::string text = cost_comparison_table(comparison);
  EXPECT_NE(text.find("1.200-3.333x"), std::string::npos) << text;
  EXPECT_NE(
      text.find("A bit-serial cell (MX) gives 1/8 of a bit-parallel one's multiply-accumulates "
                "a clock and needs 3.000 times its energy for each (24.00 against 8.000 pJ), "
                "for 0.2500 of its area, 8 data wires a column in place of 64 and a clock of "
                "500.0 in place of 125.0 MHz."),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("one: energy without leakage; area of all parts"), std::string::npos) << text;
}

TEST(CostJson, AbsentIsNullWithAReason) {
  const auto json = to_json(example());
  EXPECT_EQ(json["network"]["parts_pj_per_image"][0]["low"], 1e3);
  EXPECT_EQ(json["network"]["parts_pj_per_image"][0]["sources"][0], "s");
  EXPECT_EQ(json["network"]["parts_pj_per_image"][2]["low"], nullptr);
  EXPECT_EQ(json["network"]["parts_pj_per_image"][2]["absent"], "not measured");
  EXPECT_EQ(json["network"]["on_chip_pj_per_image"]["without"][0], "leakage");
  EXPECT_EQ(json["area_sum_um2"]["high"], nullptr);
  EXPECT_EQ(json["scaled"], nullptr);
  EXPECT_EQ(json["sources"][2]["text"], "Data sheet");
}

TEST(CostCsv, HasALinePerPart) {
  const auto lines = tests::lines_of(cost_csv(example()));
  EXPECT_EQ(lines[0], "scope,part,low,high,unit,sources,entries,absent");
  EXPECT_EQ(lines[1], "\"conv, first\",useful MACs,1000,3000,pJ/image,s,entry of s,");
  EXPECT_EQ(lines[3], "\"conv, first\",leakage,,,pJ/image,,,not measured");
  EXPECT_EQ(lines.size(), 1U + 6 + 6 + 3);
}

}  // namespace
}  // namespace colcomb::report
