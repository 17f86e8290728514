// `colcomb pack` on .npy matrices.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/npy.hpp"
#include "colcomb/base/files.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

/// Four columns of which 0 and 1, and 2 and 3, meet in no row: alpha 2 gives two groups, nothing
/// lost.
Matrix<float> pairs() {
  return Matrix<float>(4, 4,
                       std::vector<float>{1, 0, 2, 0,  //
                                          0, 3, 0, 4,  //
                                          5, 0, 0, 6,  //
                                          0, 7, 8, 0});
}

TEST(PackCommand, PrintsGroupsAndUtilizationAsJson) {
  const TemporaryFolder folder;
  save_npy(pairs(), folder / "layer.npy");
  const CommandResult result = colcomb("pack '" + (folder / "layer.npy").string() +
                                       "' --alpha 2 --gamma 0 --array 2x2 --json --groups-out '" +
                                       (folder / "groups.json").string() + "'");
  ASSERT_EQ(result.status, 0) << result.output;
  const auto json = nlohmann::json::parse(result.output);
  const auto& layer = json["layers"][0];
  EXPECT_EQ(layer["groups"], 2);
  EXPECT_EQ(layer["nonzeros"], 8);
  EXPECT_DOUBLE_EQ(layer["utilization"], 1.0);
  EXPECT_DOUBLE_EQ(layer["retained_magnitude"], 1.0);
  EXPECT_EQ(layer["tiles_before"], 4);
  EXPECT_EQ(layer["tiles"], 2);
  const auto groups = nlohmann::json::parse(read_text_file(folder / "groups.json"));
  EXPECT_EQ(groups["layer"], nlohmann::json({{0, 1}, {2, 3}}));
}

TEST(PackCommand, TakesGroupedAndDepthwiseConvolutions) {
  const TemporaryFolder folder;
  // Four depthwise filters of three taps each: on the array a 4 x 12 matrix without conflicts.
  save_npy(Matrix<float>(4, 3, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}),
           folder / "depthwise.npy");
  const std::string pack = "pack '" + (folder / "depthwise.npy").string() + "' --json ";
  const CommandResult result = colcomb(pack + "--conv-groups 4 --alpha 4 --gamma 0");
  ASSERT_EQ(result.status, 0) << result.output;
  const auto layer = nlohmann::json::parse(result.output)["layers"][0];
  EXPECT_EQ(layer["columns"], 12);
  EXPECT_EQ(layer["groups"], 3);
  EXPECT_DOUBLE_EQ(layer["utilization"], 1.0);
  const CommandResult odd = colcomb(pack + "--conv-groups 3");
  EXPECT_EQ(odd.status, 2);
  EXPECT_NE(odd.output.find("--conv-groups: '3': must divide the 4 filters"), std::string::npos)
      << odd.output;
}

TEST(PackCommand, SearchMeetsATargetAndTellsTheGapToTheBound) {
  const TemporaryFolder folder;
  Random random(4);
  Matrix<float> weights(16, 24);
  for (float& w : weights.values()) w = static_cast<float>(random.normal());
  save_npy(weights, folder / "layer.npy");
  const auto retained = [&](const std::string& flags) {
    const CommandResult result = colcomb(fmt::format("pack '{}' --prune 0.7 --alpha 8 --json {}",
                                                     (folder / "layer.npy").string(), flags));
    EXPECT_EQ(result.status, 0) << result.output;
    const auto layer = nlohmann::json::parse(result.output)["layers"][0];
    EXPECT_GE(layer["gap_to_bound"], 0.0);
    EXPECT_LT(layer["gap_to_bound"], 1.0);
    return std::pair<std::size_t, double>(layer["groups"], layer["retained_magnitude"]);
  };
  const auto pairwise = retained("--policy pairwise --gamma 0.5");
  const auto search = retained("--policy search --gamma 0.5");
  EXPECT_LE(search.first, pairwise.first);
  EXPECT_GE(search.second, pairwise.second);
  EXPECT_LE(retained("--policy search --gamma 0 --groups-target 4").first, 4U);
  EXPECT_LE(retained("--policy search --gamma 0 --tiles-target 2 --array 8x4").first, 4U);
  // 24 columns in groups of 8 need 3 groups: infeasible, not a wrong request.
  const CommandResult infeasible = colcomb(
      fmt::format("pack '{}' --alpha 8 --groups-target 2", (folder / "layer.npy").string()));
  EXPECT_EQ(infeasible.status, 1) << infeasible.output;
  EXPECT_NE(infeasible.output.find("group"), std::string::npos) << infeasible.output;
}

TEST(PackCommand, TakesAFolderAndWritesPackedMatrices) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "in");
  save_npy(pairs(), folder / "in" / "a.npy");
  save_npy(pairs(), folder / "in" / "b.npy");
  const CommandResult result =
      colcomb("pack '" + (folder / "in").string() + "' --alpha 2 --gamma 0 --out '" +
              (folder / "out").string() + "'");
  ASSERT_EQ(result.status, 0) << result.output;
  const Matrix<float> packed = load_npy(folder / "out" / "a.packed.npy");
  EXPECT_EQ(packed, Matrix<float>(4, 2, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}));
  const auto json = nlohmann::json::parse(read_text_file(folder / "out" / "b.packed.json"));
  EXPECT_EQ(json["selects"], nlohmann::json({{0, 0}, {1, 1}, {0, 1}, {1, 0}}));
}

TEST(PackCommand, RefusesBadMatricesAndOptions) {
  const TemporaryFolder folder;
  const std::string good = "pack '" + (folder / "good.npy").string() + "' ";
  save_npy(pairs(), folder / "good.npy");
  EXPECT_EQ(colcomb(good + "--alpha 0").status, 2);
  EXPECT_EQ(colcomb(good + "--alpha 65").status, 2);
  EXPECT_EQ(colcomb(good + "--gamma -0.5").status, 2);
  EXPECT_EQ(colcomb(good + "--gamma nan").status, 2);
  EXPECT_EQ(colcomb(good + "--prune 1.5").status, 2);
  EXPECT_EQ(colcomb(good + "--array 0x32").status, 2);
  EXPECT_EQ(colcomb(good + "--policy best").status, 2);

  Matrix<float> bad = pairs();
  bad(1, 3) = std::nanf("");
  save_npy(bad, folder / "bad.npy");
  const CommandResult nan = colcomb("pack '" + (folder / "bad.npy").string() + "'");
  EXPECT_EQ(nan.status, 1);
  EXPECT_NE(nan.output.find("bad.npy"), std::string::npos) << nan.output;
  EXPECT_NE(nan.output.find("row 1"), std::string::npos) << nan.output;

  std::filesystem::create_directory(folder / "empty");
  EXPECT_EQ(colcomb("pack '" + (folder / "empty").string() + "'").status, 1);
}

}  // namespace
}  // namespace colcomb::tests
