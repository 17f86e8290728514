// `colcomb simulate` on a random packed network; its layers have up to 8 columns in a group.
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

class SimulateCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    Random random(8);
    network_ = random_quantized_network(random);
    save_packed_network(network_, folder_ / "net.packed");
    write_array("alpha = 8");
  }

  void write_array(const std::string& keys) {
    write_file_atomically(folder_ / "array.toml",
                          std::string_view("[array]\nrows = 4\ncolumns = 3\n" + keys + "\n"));
  }

  CommandResult simulate(const std::string& flags) {
    return colcomb(fmt::format("simulate '{}' --array '{}' {}", (folder_ / "net.packed").string(),
                               (folder_ / "array.toml").string(), flags));
  }

  TemporaryFolder folder_;
  QuantizedNetwork network_;
};

TEST_F(SimulateCommand, WritesATimelineAndTellsWhatPortsCost) {
  const std::string file = (folder_ / "run.json").string();
  const CommandResult result = simulate("--images 0 --json --timeline '" + file + "'");
  ASSERT_EQ(result.status, 0) << result.output;
  const Json run = Json::parse(result.output);
  const Json events = Json::parse(read_text_file(file))["traceEvents"];
  std::uint64_t last = 0;
  for (const Json& event : events) {
    if (event["ph"] == "X") last = std::max(last, event["args"]["last clock"].get<std::uint64_t>());
  }
  // The classifier's results are written in the last clock of the run, and seen one later.
  EXPECT_EQ(last + 1, run["latency"].get<std::uint64_t>());
  const CommandResult ideal = simulate("--images 0 --json --ideal");
  ASSERT_EQ(ideal.status, 0) << ideal.output;
  EXPECT_LE(Json::parse(ideal.output)["latency"], run["latency"]);
}

TEST_F(SimulateCommand, BothEnginesAgreeAndClocksAddUp) {
  const CommandResult result = simulate("--images 0 --engine both --tiles --json");
  ASSERT_EQ(result.status, 0) << result.output;
  const Json json = Json::parse(result.output);
  EXPECT_EQ(json["engine"], "exact");
  EXPECT_EQ(json["equal_images"], 1);
  ASSERT_EQ(json["layers"].size(), network_.layer_count());
  std::uint64_t sum = 0;
  for (const Json& layer : json["layers"]) {
    const Json& cycles = layer["cycles"];
    EXPECT_EQ(cycles["compute"].get<std::uint64_t>() + cycles["fill"].get<std::uint64_t>() +
                  cycles["drain"].get<std::uint64_t>() +
                  cycles["weight_load"].get<std::uint64_t>() + cycles["stall"].get<std::uint64_t>(),
              cycles["total"].get<std::uint64_t>());
    EXPECT_FALSE(layer["advice"].get<std::string>().empty());
    sum += cycles["total"].get<std::uint64_t>();
  }
  EXPECT_EQ(json["total"]["cycles"]["total"], sum);
  EXPECT_EQ(json["latency"], sum);  // one image, layer after layer
  EXPECT_EQ(json["tiles"].size(), json["total"]["activity"]["tiles"].get<std::size_t>());
}

// The fast engine computes no outputs of its own, so none are compared.
TEST_F(SimulateCommand, SaysNothingOfOutputsThatWereNotCompared) {
  EXPECT_TRUE(Json::parse(simulate("--images 0 --json").output)["equal_images"].is_null());
  EXPECT_EQ(simulate("--images 0").output.find("outputs of all layers"), std::string::npos);
  const std::string exact = simulate("--images 0 --engine exact").output;
  EXPECT_NE(exact.find("outputs of all layers equal the integer network's for 1 of 1 images"),
            std::string::npos)
      << exact;
}

TEST_F(SimulateCommand, ComparesWithBaselinesAndWritesCsv) {
  const CommandResult result = simulate("--images 0 --baselines --activity --csv '" +
                                        (folder_ / "layers.csv").string() + "'");
  ASSERT_EQ(result.status, 0) << result.output;
  for (const char* setting : {"pruned, not combined", "dense", "column combined: this array",
                              "bit-parallel", "cross-layer", "dram read"}) {
    EXPECT_NE(result.output.find(setting), std::string::npos) << setting << "\n" << result.output;
  }
  const std::string csv = read_text_file(folder_ / "layers.csv");
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')),
            network_.layer_count() + 2);  // header and total
}

TEST_F(SimulateCommand, CrossLayerRuns) {
  write_array("alpha = 8\n[schedule]\ncross_layer = true");
  const CommandResult result = simulate("--images 0 --engine both --json");
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_GT(Json::parse(result.output)["configuration"], 0);
}

TEST_F(SimulateCommand, SaysWhatIsWrong) {
  write_array("alpha = 8\ncells = \"MX\"");
  CommandResult result = simulate("--images 0");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.output.find("array.cells"), std::string::npos) << result.output;

  write_array("alpha = 1");
  result = simulate("--images 0");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.output.find("alpha"), std::string::npos) << result.output;

  write_array("alpha = 8\n[schedule]\nbatch = 3");
  result = simulate("--images 4");
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.output.find("--images"), std::string::npos) << result.output;

  result = colcomb("simulate '" + (folder_ / "array.toml").string() + "' --array '" +
                   (folder_ / "array.toml").string() + "'");
  EXPECT_EQ(result.status, 1) << result.output;
  EXPECT_EQ(colcomb("simulate net").status, 1);  // no such file
  EXPECT_EQ(colcomb("simulate").status, 2);
}

}  // namespace
}  // namespace colcomb::tests
