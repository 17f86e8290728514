#include "colcomb/stages/pack_matrices.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/npy.hpp"
#include "colcomb/base/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::stages {
namespace {

class PackMatrices : public testing::Test {
 protected:
  PackMatrices() {
    save_npy(Matrix<float>(2, 3, {1, 0, 5, 0, -2, 4}), folder_ / "b.npy");
    save_npy(Matrix<float>(2, 2, {1, 2, 3, 4}), folder_ / "a.npy");
  }
  tests::TemporaryFolder folder_;
};

TEST_F(PackMatrices, LoadsAFoldersMatricesByName) {
  const auto matrices = load_matrices(folder_ / "", 1);
  ASSERT_EQ(matrices.size(), 2U);
  EXPECT_EQ(matrices[0].name, "a");
  EXPECT_EQ(matrices[1].name, "b");
  EXPECT_EQ(matrices[1].weights(1, 1), -2);
  EXPECT_EQ(load_matrices(folder_ / "b.npy", 1).size(), 1U);
}

TEST_F(PackMatrices, PacksAndWritesByHand) {
  const auto matrices = load_matrices(folder_ / "b.npy", 1);
  PackMatricesOptions options;
  options.combine.grouping.alpha = 2;
  options.combine.grouping.gamma = 0;
  options.array_rows = options.array_columns = 1;
  const auto combined = pack_matrices(matrices, options);
  // Columns 0 and 1 meet in no row; column 2 meets both.
  ASSERT_EQ(combined[0].groups.groups, (std::vector<std::vector<std::uint32_t>>{{0, 1}, {2}}));
  EXPECT_EQ(combined[0].retained_magnitude, 1);
  const CombiningReport report = report_matrices(matrices, combined, options);
  EXPECT_EQ(report.total.groups, 2U);
  EXPECT_EQ(report.total.tiles_before, 6U);
  EXPECT_EQ(report.total.tiles, 4U);
  EXPECT_EQ(report.total.utilization, 1);

  save_packed_matrices(matrices, combined, folder_ / "out");
  EXPECT_EQ(load_npy(folder_ / "out" / "b.packed.npy"), Matrix<float>(2, 2, {1, 5, -2, 4}));
  std::ifstream file(folder_ / "out" / "b.packed.json");
  const auto json = nlohmann::json::parse(file);
  EXPECT_EQ(json["columns"], 3);
  EXPECT_EQ(json["groups"], (std::vector<std::vector<int>>{{0, 1}, {2}}));
  EXPECT_EQ(json["selects"], (std::vector<std::vector<int>>{{0, 0}, {1, 0}}));
}

TEST_F(PackMatrices, ImportanceDecidesWhatStays) {
  save_npy(Matrix<float>(2, 2, {9, 1, 1, 9}), folder_ / "importance.npy");
  PackMatricesOptions options;
  options.combine.grouping.alpha = 2;
  options.combine.grouping.gamma = 2;
  options.combine.grouping.groups_target = 1;
  options.importance = folder_ / "importance.npy";
  const auto combined = pack_matrices(load_matrices(folder_ / "a.npy", 1), options);
  EXPECT_EQ(combined[0].mask, Matrix<std::uint8_t>(2, 2, {1, 0, 0, 1}));
  EXPECT_THROW((void)pack_matrices(load_matrices(folder_ / "b.npy", 1), options), UserError);
}

TEST_F(PackMatrices, RefusesWhatCannotBe) {
  EXPECT_THROW((void)load_matrices(folder_ / "a.npy", 3), UserError);
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_THROW((void)load_matrices(folder_ / "empty", 1), UserError);
}

}  // namespace
}  // namespace colcomb::stages
