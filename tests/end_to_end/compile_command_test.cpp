// `colcomb compile` on a random packed network, and `colcomb inspect` on what it writes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/files.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

using Json = nlohmann::json;

class CompileCommand : public ::testing::Test {
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

  [[nodiscard]] std::string path(const char* name) const {
    return fmt::format("'{}'", (folder_ / name).string());
  }

  CommandResult compile(const std::string& flags) {
    return colcomb(fmt::format("compile {} --array {} --out {} {}", path("net.packed"),
                               path("array.toml"), path("net.program"), flags));
  }

  TemporaryFolder folder_;
  QuantizedNetwork network_;
};

TEST_F(CompileCommand, WritesAProgramAndSaysItsSizes) {
  const CommandResult result = compile("");
  ASSERT_EQ(result.status, 0) << result.output;
  const TileProgram program = load_tile_program(folder_ / "net.program");
  EXPECT_EQ(program.array.rows, 4U);
  EXPECT_EQ(program.layers.size(), network_.layer_count());
  EXPECT_NE(result.output.find(fmt::format("tile program: {} tiles", program.tiles.size())),
            std::string::npos)
      << result.output;

  const CommandResult json = compile("--json");
  ASSERT_EQ(json.status, 0) << json.output;
  const Json sizes = Json::parse(json.output);
  EXPECT_EQ(sizes["tiles"], program.tiles.size());
  EXPECT_EQ(sizes["weight_bytes"], program.weights.size());
  EXPECT_EQ(sizes["bytes"], std::filesystem::file_size(folder_ / "net.program"));
  EXPECT_EQ(load_tile_program(folder_ / "net.program"), program);
}

TEST_F(CompileCommand, InspectListsTheProgramAndEachTile) {
  ASSERT_EQ(compile("").status, 0);
  const TileProgram program = load_tile_program(folder_ / "net.program");
  const CommandResult text = colcomb("inspect " + path("net.program"));
  ASSERT_EQ(text.status, 0) << text.output;
  for (const LayerSetup& layer : program.layers)
    EXPECT_NE(text.output.find(layer.name), std::string::npos) << text.output;
  const CommandResult json = colcomb("inspect --json " + path("net.program"));
  ASSERT_EQ(json.status, 0) << json.output;
  EXPECT_EQ(Json::parse(json.output)["tiles"].size(), program.tiles.size());
  const std::size_t last = program.tiles.size() - 1;
  const std::string tile = fmt::format("inspect {} --tile {}", path("net.program"), last);
  const CommandResult one = colcomb(tile);
  ASSERT_EQ(one.status, 0) << one.output;
  EXPECT_EQ(one.output.find(fmt::format("tile {} of layer", last)), 0U) << one.output;
  const CommandResult one_json = colcomb(tile + " --json");
  ASSERT_EQ(one_json.status, 0) << one_json.output;
  EXPECT_EQ(Json::parse(one_json.output)["outputs"].size(), program.tiles[last].outputs);
}

// A program runs as its network does: equal clocks and counts in both engines, equal values.
TEST_F(CompileCommand, SimulateRunsTheProgram) {
  ASSERT_EQ(compile("").status, 0);
  const CommandResult of_network = colcomb(fmt::format(
      "simulate {} --array {} --images 0 --json --tiles", path("net.packed"), path("array.toml")));
  ASSERT_EQ(of_network.status, 0) << of_network.output;
  Json expected = Json::parse(of_network.output);
  const CommandResult counted =
      colcomb(fmt::format("simulate {} --images 0 --json --tiles", path("net.program")));
  ASSERT_EQ(counted.status, 0) << counted.output;
  Json found = Json::parse(counted.output);
  EXPECT_TRUE(found["equal_images"].is_null());
  for (const char* key : {"latency", "interval", "tiles", "total"})
    EXPECT_EQ(found[key], expected[key]) << key;
  const CommandResult exact =
      colcomb(fmt::format("simulate {} --network {} --images 0 --engine both --json",
                          path("net.program"), path("net.packed")));
  ASSERT_EQ(exact.status, 0) << exact.output;
  EXPECT_EQ(Json::parse(exact.output)["equal_images"], 1);
  EXPECT_EQ(Json::parse(exact.output)["total"], expected["total"]);
}

TEST_F(CompileCommand, SimulateRefusesWhatDoesNotGoWithAProgram) {
  ASSERT_EQ(compile("").status, 0);
  for (const char* flags : {"--array 4x3", "--ideal", "--timeline t.json", "--baselines"}) {
    const CommandResult result =
        colcomb(fmt::format("simulate {} --images 0 {}", path("net.program"), flags));
    EXPECT_EQ(result.status, 2) << flags << result.output;
  }
  Random random(9);
  save_packed_network(random_quantized_network(random), folder_ / "other.packed");
  const CommandResult other = colcomb(fmt::format("simulate {} --images 0 --network {}",
                                                  path("net.program"), path("other.packed")));
  EXPECT_EQ(other.status, 2) << other.output;
}

TEST_F(CompileCommand, SaysWhatIsWrong) {
  const auto expect_refused = [](const CommandResult& result, int status, const char* said) {
    EXPECT_EQ(result.status, status) << result.output;
    EXPECT_NE(result.output.find(said), std::string::npos) << result.output;
  };
  ASSERT_EQ(compile("").status, 0);
  expect_refused(colcomb("inspect " + path("net.program") + " --tile 1000000"), 2, "--tile");
  expect_refused(colcomb("inspect " + path("net.packed") + " --tile 0"), 2, "--tile");
  expect_refused(colcomb("compile " + path("net.program") + " --out " + path("x")), 1,
                 "is a tile program; a packed network is expected");
  expect_refused(colcomb("eval " + path("net.program")), 1, "is a tile program");
  write_array("alpha = 8\n[schedule]\ncross_layer = true");
  expect_refused(compile(""), 2, "cross_layer");
  write_array("alpha = 1");
  expect_refused(compile(""), 1, "alpha");
  expect_refused(colcomb("compile " + path("net.packed")), 2, "--out");
  expect_refused(colcomb("compile " + path("net.packed") + " --out /proc/nowhere/x"), 2, "--out");
}

}  // namespace
}  // namespace colcomb::tests
