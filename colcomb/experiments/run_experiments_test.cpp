#include "colcomb/experiments/run_experiments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "tests/support/small_checkpoint.hpp"
#include "tests/support/small_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::experiments {
namespace {

namespace fs = std::filesystem;
using testing::Each;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"alpha-sweep", "gamma-sweep", "training-curve",
                                         "limited-data"};
const std::vector<const char*> kFiles = {"alpha-sweep.csv",    "alpha-sweep.json",
                                         "alpha-sweep.svg",    "gamma-sweep.csv",
                                         "training-curve.txt", "limited-data.svg"};

/// Experiments whose networks are not trained, and differ by alpha and gamma.
class Experimenter {
 public:
  explicit Experimenter(fs::path out) {
    options.out = std::move(out);
    options.plan.networks = {{"lenet5-shift", 0.25}};
    options.plan.array = "8x8";
    options.threads = 2;
    options.trainer = [this](const Settings& settings, const fs::path& folder) {
      train(settings, folder);
    };
    options.program = [this](const std::string&, const std::vector<std::string>&,
                             const fs::path& folder) {
      ++programs;
      fs::create_directories(folder);
      write_file_atomically(
          folder / "results.json",
          std::string_view(R"({"runs": [{"start": "scratch", "percent": 10, "images": 6,
                                         "test_top1": 0.5}]})"));
    };
    options.stage = [this](const std::string& line) { lines.push_back(line); };
  }

  std::vector<Result> run(const std::vector<std::string>& names) {
    return run_experiments(names, options);
  }

  RunExperimentsOptions options;
  std::vector<std::string> lines;
  std::size_t trained = 0;
  std::size_t programs = 0;
  std::size_t killed_before = 1000;  // the training before which the process ends
  std::string refused;               // alpha at which training fails

 private:
  void train(const Settings& settings, const fs::path& folder) {
    if (fs::exists(folder / "report.json")) return;
    if (trained == killed_before) throw std::runtime_error("killed");
    const std::string alpha = *exploration::find(settings, "alpha");
    if (alpha == refused) throw failure("training", "diverged");
    ++trained;
    // Filters by gamma, channels by alpha.
    const auto filters =
        static_cast<std::size_t>(4 + 8 * std::stod(*exploration::find(settings, "gamma")));
    const QuantizedNetwork network = tests::dense_network(4, 4, 2 + std::stoul(alpha), filters, 10);
    fs::create_directories(folder);
    save_packed_network(network, folder / "network.packed");
    save_checkpoint(tests::small_checkpoint(), folder / "network.ckpt");
    write_file_atomically(
        folder / "report.json",
        std::string_view(R"({"accuracy": {"integer": {"top1": 0.)" + alpha + "}}}"));
  }
};

TEST(RunExperiments, EachNetworkIsTrainedOnceAndTheRestIsReadAgain) {
  const tests::TemporaryFolder folder;
  Experimenter first(folder / "out");
  const auto results = first.run(kNames);
  ASSERT_EQ(results.size(), 4U);
  // Five alphas and eight gammas share alpha 8, gamma 0.5, which the curve is of.
  EXPECT_EQ(first.trained, 12U);
  EXPECT_EQ(first.programs, 1U);
  EXPECT_THAT(first.lines.front(), HasSubstr("[1/13] training lenet5-shift, alpha 1, gamma 0"));
  EXPECT_THAT(first.lines.back(), HasSubstr("[13/13] experiment limited-data; about"));
  for (const Result& result : results) {
    EXPECT_EQ(result.failed, 0U) << to_text(result);
    for (const Line& line : result.lines) EXPECT_EQ(line.values.size(), result.columns.size());
  }
  for (const char* file : kFiles) EXPECT_TRUE(fs::exists(folder / "out" / file)) << file;

  Experimenter again(folder / "out");
  const auto same = again.run({"gamma-sweep", "alpha-sweep"});
  EXPECT_EQ(again.trained, 0U);
  EXPECT_TRUE(again.lines.empty());
  EXPECT_EQ(to_csv(same[1]), to_csv(results[0]));
}

TEST(RunExperiments, CutShortAndRepeatedEqualsUninterrupted) {
  const tests::TemporaryFolder folder;
  Experimenter whole(folder / "whole");
  static_cast<void>(whole.run(kNames));
  std::size_t trained = 0;
  for (const std::size_t after : {0, 3, 4}) {
    Experimenter cut(folder / "cut");
    cut.killed_before = after;
    EXPECT_THROW(static_cast<void>(cut.run(kNames)), std::runtime_error);
    trained += cut.trained;
  }
  Experimenter rest(folder / "cut");
  static_cast<void>(rest.run(kNames));
  EXPECT_EQ(trained + rest.trained, whole.trained);
  for (const char* file : kFiles)
    EXPECT_EQ(read_text_file(folder / "cut" / file), read_text_file(folder / "whole" / file))
        << file;
}

TEST(RunExperiments, ATrainingThatFailsIsNamedAndTriedAgain) {
  const tests::TemporaryFolder folder;
  Experimenter failing(folder / "out");
  failing.refused = "16";
  const auto results = failing.run({"alpha-sweep"});
  EXPECT_EQ(results[0].failed, 1U);
  EXPECT_THAT(results[0].notes, testing::Contains(HasSubstr("diverged")));
  EXPECT_THAT(results[0].lines.back().values, Each(Value()));
  EXPECT_EQ(results[0].chart.series[0].points.size(), 4U);
  Experimenter mended(folder / "out");
  EXPECT_EQ(mended.run({"alpha-sweep"})[0].failed, 0U);
  EXPECT_EQ(mended.trained, 1U);
}

TEST(RunExperiments, AFolderOfAnotherPlanIsRefused) {
  const tests::TemporaryFolder folder;
  static_cast<void>(Experimenter(folder / "out").run({"training-curve"}));
  Experimenter other(folder / "out");
  other.options.plan.epochs = 3;
  EXPECT_THROW(static_cast<void>(other.run({"training-curve"})), UserError);
  EXPECT_EQ(other.trained, 0U);
}

}  // namespace
}  // namespace colcomb::experiments
