#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/paper_values.hpp"
#include "colcomb/experiments/settings.hpp"
#include "colcomb/experiments/work.hpp"
#include "colcomb/exploration/explore.hpp"
#include "tests/support/small_checkpoint.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::experiments {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

/// A store whose point k, in the experiment's order, has these results.
Store store_of(const char* experiment, const Plan& plan, const std::vector<Json>& results,
               const std::filesystem::path& folder = "none") {
  Store store(folder);
  const auto points = find_experiment(experiment).points(plan);
  EXPECT_EQ(points.size(), results.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    exploration::Row row;
    row.settings = points[i];
    row.results = results[i];
    store.add(row);
  }
  return store;
}

Plan plan_of(const std::vector<PlannedNetwork>& networks) {
  Plan plan;
  plan.networks = networks;
  return plan;
}

std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Experiments, AsicShowsOursBesideThePapers) {
  Plan plan = plan_of({{"resnet20-shift", 1}});
  plan.technologies = {"sg13g2"};
  const auto point = [](double rate, double low, double high, int tiles) {
    return Json{{"frames_per_second", rate},
                {"on_chip_pj_low", low},
                {"on_chip_pj_high", high},
                {"tiles", tiles},
                {"utilization", 0.5}};
  };
  Json baseline = point(1000, 4e6, 5e6, 80);
  baseline["trained_top1"] = 0.85;
  Json combined = point(1200, 3e6, 4e6, 60);
  combined["top1"] = 0.8475;
  Json pruned = point(4000, 1e6, 2e6, 20);
  pruned["trained_top1"] = 0.8;
  const Result result = result_of(find_experiment("asic"), plan,
                                  store_of("asic", plan, {baseline, combined, pruned}));
  EXPECT_EQ(to_csv(result),
            "setting,technology,frames_per_second,throughput,throughput_paper,throughput_status,"
            "energy_uj_low,energy_uj_high,energy,energy_paper,energy_status,frames_per_joule,"
            "array_tiles,tiles,tiles_paper,tiles_status,top1,top1_paper,top1_status,utilization\n"
            "resnet baseline,sg13g2,1000,1,1,checked,4,5,1,1,checked,200000,80,1,1,checked,85,"
            "93.96,recalled,50\n"
            "resnet combine,sg13g2,1200,1.2,1.17,checked,3,4,0.8,0.842,checked,250000,60,0.75,0.9,"
            "checked,84.75,93.96,recalled,50\n"
            "resnet combine + prune,sg13g2,4000,4,3.9,checked,1,2,0.4,0.271,checked,500000,20,0.25,"
            "0.266,checked,80,93.1,recalled,50\n");
  const std::string text = to_text(result);
  EXPECT_THAT(text, HasSubstr("93.1 recalled"));
  EXPECT_THAT(text, HasSubstr("fashion-mnist, 8 epochs, 30 % of the training images, one seed"));
  EXPECT_THAT(
      deviations(result),
      testing::Contains("resnet combine + prune, sg13g2, top-1: ours 80.00 %, 13.10 points below "
                        "the paper's 93.1 %, recalled; other data set: fashion-mnist, the "
                        "paper's cifar10"));
  EXPECT_THAT(
      deviations(result),
      testing::Contains("resnet combine + prune, sg13g2, relative energy: ours 0.400, 48 % above "
                        "the paper's 0.271; other data set: fashion-mnist, the paper's "
                        "cifar10"));
  EXPECT_THAT(deviations(result),
              testing::Contains(
                  HasSubstr("baseline, sg13g2, relative tiles: ours 1.000, as the paper's 1")));
  // Three settings of one network in one technology.
  ASSERT_EQ(result.chart.series.size(), 2U);
  EXPECT_EQ(result.chart.series[1].name, "resnet, the paper's, checked");
  EXPECT_DOUBLE_EQ(result.chart.series[1].points[2].y, 0.271);
  EXPECT_EQ(result.chart.series[0].points.size(), 3U);
  EXPECT_DOUBLE_EQ(result.chart.series[0].points[2].y, 0.4);
  // In a second technology the lines say what depends on it alone.
  plan.technologies = {"sg13g2", "cmos45"};
  const Result both =
      result_of(find_experiment("asic"), plan,
                store_of("asic", plan, {baseline, baseline, combined, combined, pruned, pruned}));
  EXPECT_THAT(to_csv(both),
              HasSubstr("resnet combine,cmos45,,,,,3,4,0.8,0.842,checked,250000,,,,,,,"
                        ",\n"));
  const Json json = to_json(result);
  EXPECT_EQ(json["lines"][2]["paper"]["top1"]["status"], "recalled");
  EXPECT_EQ(json["lines"][2]["values"]["tiles"], 0.25);
}

TEST(Experiments, WhatIsNotKnownStaysAbsent) {
  const Plan plan = plan_of({{"resnet20-shift", 1}});
  const Json point = {{"trained_top1", 0.8},
                      {"luts_high", 1392},
                      {"clock_mhz_low", 100},
                      {"latency", 50000},
                      {"interval", 40000}};
  const Result result = result_of(find_experiment("fpga"), plan, store_of("fpga", plan, {point}));
  EXPECT_EQ(to_csv(result),
            "setting,top1,top1_paper,top1_status,luts,block_rams,clock_mhz,clock_mhz_paper,"
            "clock_mhz_status,latency,latency_us,latency_us_paper,latency_us_status,"
            "frames_per_second,frames_per_joule,frames_per_joule_paper,frames_per_joule_status\n"
            "resnet,80,93.1,checked,1392,,100,150,checked,50000,500,55.68,recalled,2500,,18830,"
            "recalled\n");
  EXPECT_TRUE(to_json(result)["lines"][0]["values"]["frames_per_joule"].is_null());
  for (const std::string& sentence : deviations(result))
    EXPECT_THAT(sentence, Not(HasSubstr("joule")));
}

TEST(Experiments, LatencyComparesTheTwoWays) {
  const Plan plan = plan_of({{"lenet5-shift", 1}});
  const Result result = result_of(
      find_experiment("latency"), plan,
      store_of(
          "latency", plan,
          {{{"latency", 9000}, {"latency_us", 60}, {"interval", 8000}, {"array_cells", 1024}},
           {{"latency", 3000}, {"latency_us", 20}, {"interval", 500}, {"array_cells", 4096}}}));
  EXPECT_EQ(to_csv(result),
            "setting,latency,latency_us,gain,gain_paper,gain_status,interval,array_cells\n"
            "lenet layer after layer,9000,60,,,,8000,1024\n"
            "lenet across layers,3000,20,3,3.5,recalled,500,4096\n");
  EXPECT_THAT(deviations(result),
              ElementsAre("lenet across layers, shorter: ours 3.00x, 14 % below the paper's 3.5x, "
                          "recalled; other data set: fashion-mnist, the paper's mnist"));
}

TEST(Experiments, SweepsGiveGainsOverTheirFirstPoint) {
  Plan plan = plan_of({{"resnet20-shift", 1}});
  plan.dataset = "cifar10";
  std::vector<Json> points;
  for (const double share : {0.125, 0.25, 0.4, 0.75, 0.9}) {
    points.push_back({{"trained_top1", 0.9 - share / 10},
                      {"utilization", share},
                      {"nonzeros", 100},
                      {"tiles", 7},
                      {"interval", 50}});
  }
  const Result result =
      result_of(find_experiment("alpha-sweep"), plan, store_of("alpha-sweep", plan, points));
  ASSERT_EQ(result.lines.size(), 5U);
  EXPECT_EQ(result.lines[3].setting, "alpha 8");
  EXPECT_DOUBLE_EQ(*number_in(result.lines[3].values[2]), 6);
  EXPECT_THAT(deviations(result),
              ElementsAre("alpha 8, utilization over the first: ours 6.00x, 25 % below the paper's "
                          "8x, recalled"));
  EXPECT_DOUBLE_EQ(result.chart.series[1].points[4].y, 90);
  EXPECT_DOUBLE_EQ(result.chart.series[1].points[4].x, 16);
  EXPECT_EQ(find_experiment("gamma-sweep").points(plan).size(), 8U);
}

class ExperimentsOfCheckpoints : public testing::Test {
 protected:
  void SetUp() override {
    plan_.array = "2x2";
    for (const Setting setting : kThreeSettings) {
      const auto folder =
          exploration::run_folder(folder_ / "runs", point_of(plan_, plan_.last(), setting));
      std::filesystem::create_directories(folder);
      save_checkpoint(tests::small_checkpoint(), folder / "network.ckpt");
    }
  }
  [[nodiscard]] Result result(const char* name) const {
    return result_of(find_experiment(name), plan_, Store(folder_.path()));
  }

  Plan plan_;
  tests::TemporaryFolder folder_;
};

TEST_F(ExperimentsOfCheckpoints, CurveIsTheHistory) {
  EXPECT_EQ(to_csv(result("training-curve")),
            "setting,epoch,top1,nonzeros,density,utilization,train_loss\n"
            "epoch 1,1,25,9,75,50,2\n"
            "epoch 2,2,50,6,50,50,2\n");
}

TEST_F(ExperimentsOfCheckpoints, MatrixIsShownSparseAndPacked) {
  const Result matrix = result("sparse-matrix");
  ASSERT_EQ(matrix.lines.size(), 2U);
  // Six weights of 4 x 3 cells, then of 4 x 2.
  EXPECT_DOUBLE_EQ(*number_in(matrix.lines[0].values[1]), 3);
  EXPECT_DOUBLE_EQ(*number_in(matrix.lines[0].values[3]), 50);
  EXPECT_DOUBLE_EQ(*number_in(matrix.lines[1].values[1]), 2);
  EXPECT_DOUBLE_EQ(*number_in(matrix.lines[1].values[3]), 75);
  EXPECT_EQ(matrix.chart.series[0].points.size(), 6U);
  EXPECT_EQ(matrix.chart.series[1].points.size(), 6U);
}

TEST_F(ExperimentsOfCheckpoints, TilesAreOfEachLayer) {
  // On 2 x 2 cells: 2 x 1 tiles of the hidden layer (two groups), 1 x 2 of the classifier. Combined
  // anew without conflicts: columns 0 and 1 have none in common, so the same.
  EXPECT_EQ(to_csv(result("tiles")),
            "setting,tiles_1,tiles_2,tiles_3\n"
            "first,2,2,2\nlinear,2,2,2\nall layers,4,4,4\n");
}

TEST(Experiments, ProgramsResultsAreRead) {
  const tests::TemporaryFolder folder;
  const Plan plan;
  const auto write = [&](const char* name, const Json& runs) {
    std::filesystem::create_directories(folder / name);
    write_file_atomically(folder / name / "results.json",
                          std::string_view(Json{{"runs", runs}}.dump()));
  };
  const auto run = [](const char* start, double percent, int images, double top1) {
    return Json{{"start", start}, {"percent", percent}, {"images", images}, {"test_top1", top1}};
  };
  write("limited-data",
        {run("dense", 100, 200, 0.9), run("pretrained", 10, 20, 0.8), run("scratch", 10, 20, 0.7)});
  const Store store(folder.path());
  const Result limited = result_of(find_experiment("limited-data"), plan, store);
  ASSERT_EQ(limited.lines.size(), 1U);
  EXPECT_EQ(limited.lines[0].setting, "10 %");
  EXPECT_NEAR(*number_in(limited.lines[0].values[3]), 10, 1e-9);
  EXPECT_THAT(to_text(limited), HasSubstr("ours 80.00 %, 10.00 points below the paper's 90 %, "
                                          "recalled"));
  const Json point = {{"arm", "uniform"}, {"alpha", 8},          {"budget", 900},
                      {"interval", 850},  {"integer_top1", 0.5}, {"nonzeros", 60}};
  write("frontier", Json::array({point}));
  EXPECT_EQ(to_csv(result_of(find_experiment("frontier"), plan, store)),
            "setting,budget,interval,nonzeros,top1\n\"uniform, alpha 8\",900,850,60,50\n");
}

TEST(Experiments, MistakesAreNamed) {
  EXPECT_THAT(error_of([] { static_cast<void>(find_experiment("asik")); }),
              HasSubstr("must be one of asic, tiles, latency"));
  EXPECT_THAT(error_of([] { static_cast<void>(parse_network("lenet6")); }), HasSubstr("lenet5"));
  EXPECT_THAT(error_of([] { static_cast<void>(parse_network("vgg16:0")); }), HasSubstr("vgg16:0"));
  EXPECT_EQ(parse_network("vgg16-shift:0.25").width, 0.25);
  EXPECT_THAT(error_of([] { check(plan_of({})); }), HasSubstr("at least one"));
  EXPECT_THAT(error_of([] {
                check(plan_of({{"vgg16", 1}, {"vgg16-shift", 1}}));
              }),
              HasSubstr("family"));
}

TEST(Experiments, EveryPapersValueStandsForAColumnOfItsExperiment) {
  const Plan plan;
  for (const PaperValue& value : paper_values()) {
    const Experiment& experiment = find_experiment(std::string(value.experiment));
    if (experiment.arguments) continue;  // read from files: tested above
    const Result result = result_of(experiment, plan, Store("none"));
    const bool column = std::ranges::any_of(
        result.columns, [&](const Column& one) { return one.name == value.quantity; });
    EXPECT_TRUE(column) << value.experiment << ' ' << value.quantity;
    const bool line =
        result.lines.empty() || std::ranges::any_of(result.lines, [&](const Line& one) {
          return one.setting == value.setting;
        });
    EXPECT_TRUE(line) << value.experiment << ' ' << value.setting;
  }
}

TEST(Experiments, TimeLeftIsJudgedByWhatWasDone) {
  Work work(nullptr);
  work.add("a", 1);
  work.add("a", 1);
  work.add("b", 6);
  EXPECT_EQ(work.line("a"), "[1/2] a");
  work.begin("a");
  work.end("a");
  EXPECT_THAT(work.line("b"), HasSubstr("[2/2] b; about 0s left"));
}

}  // namespace
}  // namespace colcomb::experiments
