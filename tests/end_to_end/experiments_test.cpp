// The paper's experiments as a user runs them, all at once on next to nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

namespace fs = std::filesystem;

TEST(PaperExperiments, AllOfThemShareTheirTrainings) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 40);
  const fs::path out = folder / "out";
  const std::string all = fmt::format(
      "experiment all --dataset cifar10 --root '{}' --networks lenet5-shift:0.25 --epochs 2 "
      "--sample-ratio 1 --batch-size 50 --alphas 1 8 --gammas 0.5 --check-images 4 --array 8x8 "
      "--technologies sg13g2 --threads 1 --out '{}' --json 2>/dev/null",
      (folder / "data").string(), out.string());
  const CommandResult first = colcomb(all);
  ASSERT_EQ(first.status, 0) << first.output;
  const auto results = nlohmann::json::parse(first.output);
  ASSERT_EQ(results.size(), 10U);
  for (const auto& result : results) {
    const std::string name = result["experiment"];
    EXPECT_FALSE(result["lines"].empty()) << name;
    for (const char* extension : {"txt", "csv", "svg"})
      EXPECT_TRUE(fs::exists(out / (name + '.' + extension))) << name << extension;
    EXPECT_EQ(nlohmann::json::parse(read_text_file(out / (name + ".json"))), result);
  }
  // Baseline and combine + prune are all that is trained by the plan.
  EXPECT_EQ(std::distance(fs::directory_iterator(out / "runs"), fs::directory_iterator()), 2);
  // Grouping columns without conflicts changes no logit.
  const auto& lines = results[0]["lines"];
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1]["setting"], "lenet combine");
  EXPECT_EQ(lines[1]["values"]["top1"], lines[0]["values"]["top1"]);
  EXPECT_LE(lines[2]["values"]["array_tiles"], lines[0]["values"]["array_tiles"]);

  // Repeated, nothing is trained and everything is found again.
  const CommandResult again = colcomb(
      fmt::format("experiment asic --dataset cifar10 --root '{}' --networks lenet5-shift:0.25 "
                  "--epochs 2 --sample-ratio 1 --batch-size 50 --check-images 4 --array 8x8 "
                  "--technologies sg13g2 --out '{}'",
                  (folder / "data").string(), out.string()));
  EXPECT_EQ(again.status, 0) << again.output;
  EXPECT_EQ(again.output.find("training"), std::string::npos) << again.output;
  EXPECT_NE(again.output.find("98.5 recalled"), std::string::npos) << again.output;
}

}  // namespace
}  // namespace colcomb::tests
