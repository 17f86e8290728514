// `colcomb cost` on a random packed network.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

using Json = nlohmann::json;

class CostCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    Random random(8);
    save_packed_network(random_quantized_network(random), folder_ / "net.packed");
  }

  CommandResult run(const std::string& command, const std::string& flags) {
    return colcomb(
        fmt::format("{} '{}' --array 8x8 {}", command, (folder_ / "net.packed").string(), flags));
  }

  std::string file(const std::string& name) { return (folder_ / name).string(); }

  TemporaryFolder folder_;
};

TEST_F(CostCommand, PrintsPartsSourcesAndTheComparison) {
  const CommandResult result = run("cost", "--compare --layers --scale-to 45");
  ASSERT_EQ(result.status, 0) << result.output;
  for (const char* text :
       {"sg13g2, 130 nm: MX cells of alpha 8, 8 x 8", "useful MACs",
        "DRAM, apart:", "sum of the known parts", "frames per joule, known on-chip parts",
        "scaled to 45 nm", "pruned, not combined (alpha 1)",
        "A bit-serial cell (MX, alpha 8) gives 1/8", "\nsources:\n[1] "})
    EXPECT_NE(result.output.find(text), std::string::npos) << text << '\n' << result.output;
}

TEST_F(CostCommand, WritesJsonAndCsvOfTheSameFigures) {
  const CommandResult result =
      run("cost", fmt::format("--json '{}' --csv '{}'", file("cost.json"), file("cost.csv")));
  ASSERT_EQ(result.status, 0) << result.output;
  const Json json = Json::parse(read_text_file(file("cost.json")));
  EXPECT_EQ(json["technology"], "sg13g2");
  EXPECT_EQ(json["images"], 16);
  const Json& sum = json["network"]["on_chip_pj_per_image"];
  EXPECT_GT(sum["low"].get<double>(), 0);
  EXPECT_LT(sum["low"], sum["high"]);
  EXPECT_NE(read_text_file(file("cost.csv"))
                .find(fmt::format("network,on the chip,{},", sum["low"].get<double>())),
            std::string::npos);
  // Alone the flag prints it.
  const CommandResult printed = run("cost", "--json");
  ASSERT_EQ(printed.status, 0) << printed.output;
  EXPECT_EQ(Json::parse(printed.output), json);
}

TEST_F(CostCommand, TakesATechnologyFile) {
  const std::string text =
      "schema = 1\nnode_nm = 28\n[[source]]\nid = \"mine\"\ntext = \"My own measurements\"\n"
      "[dram]\nenergy = { value = 4.5, unit = \"pJ/bit\", source = \"mine\", kind = "
      "\"published\" }\n";
  write_file_atomically(file("mine.toml"), std::string_view(text));
  const CommandResult result =
      run("cost", fmt::format("--json --technology '{}'", file("mine.toml")));
  ASSERT_EQ(result.status, 0) << result.output;
  const Json json = Json::parse(result.output);
  EXPECT_EQ(json["technology"], "mine");
  EXPECT_EQ(json["network"]["on_chip_pj_per_image"]["low"], nullptr);
  EXPECT_GT(json["network"]["dram_pj_per_image"]["low"], 0);
  EXPECT_EQ(json["sources"][0]["text"], "My own measurements");
}

TEST_F(CostCommand, SimulateCostsTheRunThatItSimulated) {
  const CommandResult result = run("simulate", "--images 0 --technology cmos45 --json");
  ASSERT_EQ(result.status, 0) << result.output;
  const Json json = Json::parse(result.output);
  const CommandResult alone = run("cost", "--images 1 --technology cmos45 --json");
  ASSERT_EQ(alone.status, 0) << alone.output;
  EXPECT_EQ(json["cost"]["network"], Json::parse(alone.output)["network"]);
}

TEST_F(CostCommand, RefusesWrongRequestsAndFiles) {
  CommandResult result = run("cost", "--technology sg12g2");
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.output.find("--technology: 'sg12g2': must be cmos45, ice40-hx8k, sg13g2, or a"),
            std::string::npos)
      << result.output;
  EXPECT_EQ(run("simulate", "--technology sg12g2").status, 2);
  EXPECT_EQ(run("cost", "--images 0").status, 2);
  EXPECT_EQ(run("cost", "--scale-to 28").status, 2);
  write_file_atomically(file("bad.toml"), std::string_view("schema = 1\nnode_nm = 28\n[add8]\n"
                                                           "energy = 3\n"));
  result = run("cost", fmt::format("--technology '{}'", file("bad.toml")));
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.output.find("bad.toml: add8.energy is '3': must be a table"), std::string::npos)
      << result.output;
}

}  // namespace
}  // namespace colcomb::tests
