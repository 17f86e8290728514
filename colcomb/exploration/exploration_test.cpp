#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/exploration/explore.hpp"
#include "colcomb/exploration/front.hpp"
#include "colcomb/exploration/journal.hpp"
#include "colcomb/exploration/once.hpp"
#include "colcomb/exploration/table.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/stages/cost.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::exploration {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

QuantizedNetwork network_of(std::uint64_t seed) {
  Random random(seed);
  return tests::random_quantized_network(random);
}

std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

Spec spec_from(const std::string& text) {
  return parse_spec("schema = 1\n" + text, "question.toml");
}

TEST(ExplorationSpec, PointsAreAllCombinationsAndTheLastAxisChangesFastest) {
  const Spec spec = spec_from(R"(
network = "a.packed"
array = "8x8"
[vary]
"array.rows" = [4, 8]
schedule.batch = [1, 2, 3]
[[together]]
"buffers.bank_ports" = [1, 2]
"dram.latency" = [16, 32]
)");
  EXPECT_EQ(spec.name, "question");
  ASSERT_EQ(spec.points(), 2U * 3U * 2U);
  EXPECT_THAT(spec.point(0),
              ElementsAre(Pair("array", "\"8x8\""), Pair("array.rows", "4"),
                          Pair("buffers.bank_ports", "1"), Pair("dram.latency", "16"),
                          Pair("network", "\"a.packed\""), Pair("schedule.batch", "1")));
  EXPECT_EQ(*find(spec.point(1), "buffers.bank_ports"), "2");
  EXPECT_EQ(*find(spec.point(1), "dram.latency"), "32");
  EXPECT_EQ(*find(spec.point(1), "schedule.batch"), "1");
  EXPECT_EQ(*find(spec.point(2), "schedule.batch"), "2");
  EXPECT_EQ(*find(spec.point(6), "array.rows"), "8");
}

TEST(ExplorationSpec, NumbersKeepTheirDigits) {
  const Spec spec =
      spec_from("array = \"8x8\"\nnetwork = \"a\"\ncombine.gamma = [0.1, 0.95, 2.0, 1e-7]\n");
  const char* const expected[] = {"0.1", "0.95", "2.0", "1e-07"};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(*find(spec.point(i), "combine.gamma"), expected[i]);
}

TEST(ExplorationSpec, TrainingTakesFlagsOfSeveralValues) {
  const Spec spec =
      spec_from("array = \"8x8\"\ntrain.filters = [[8, 16], [16]]\ntrain.model = \"a b\"");
  ASSERT_EQ(spec.points(), 2U);
  EXPECT_THAT(words_of("train.filters", *find(spec.point(0), "train.filters"), ""),
              ElementsAre("8", "16"));
  EXPECT_THAT(words_of("train.filters", *find(spec.point(1), "train.filters"), ""),
              ElementsAre("16"));
  EXPECT_THAT(words_of("train.model", *find(spec.point(1), "train.model"), ""), ElementsAre("a b"));
}

TEST(ExplorationSpec, TrainingHasACommandLine) {
  const Settings settings = {{"aug", "\"-\""},
                             {"batch_size", "64"},
                             {"filters", "[8, 16]"},
                             {"force", "true"},
                             {"permute_rows", "false"}};
  EXPECT_THAT(training_arguments(settings, "runs/a"),
              ElementsAre("run", "--out", "runs/a", "--aug", "-", "--batch-size", "64", "--filters",
                          "8", "16", "--force"));
}

TEST(ExplorationSpec, MistakesAreNamed) {
  const std::string good = "network = \"a\"\narray = \"8x8\"\n";
  const auto said = [&](const std::string& text) {
    return error_of([&] { static_cast<void>(spec_from(text)); });
  };
  EXPECT_EQ(said(good), "");
  EXPECT_THAT(said(good + "speed = 3\n"), HasSubstr("unknown setting is 'speed'"));
  EXPECT_THAT(said(good + "[vary]\n\"array.rose\" = [1]\n"), HasSubstr("array.rose"));
  EXPECT_THAT(said(good + "[vary]\n\"array.rows\" = [\"many\"]\n"), HasSubstr("array.rows"));
  EXPECT_THAT(said(good + "[vary]\n\"array.rows\" = []\n"), HasSubstr("at least one value"));
  EXPECT_THAT(said(good + "[vary]\n\"array.rows\" = [2, 2]\n"), HasSubstr("twice"));
  EXPECT_EQ(said(good + "[[together]]\n\"array.rows\" = [2, 2]\n\"array.columns\" = [2, 3]\n"), "");
  EXPECT_THAT(said(good + "[[together]]\n\"array.rows\" = [2, 2]\n\"array.columns\" = [3, 3]\n"),
              HasSubstr("twice"));
  EXPECT_THAT(said(good + "[vary]\n\"array.rows\" = [[2, 4]]\n"), HasSubstr("array.rows"));
  EXPECT_THAT(said(good + "[vary]\nnetwork = [\"b\"]\n"), HasSubstr("must be given once"));
  EXPECT_THAT(said(good + "[[together]]\n\"array.rows\" = [2, 4]\n\"array.columns\" = [2]\n"),
              HasSubstr("must have as many as"));
  EXPECT_THAT(said("network = \"a\"\n"), HasSubstr("array: is missing"));
  EXPECT_THAT(said("array = \"8x8\"\n"), HasSubstr("either network or train.NAME"));
  EXPECT_THAT(said(good + "[vary]\n\"train.epochs\" = [1]\n"), HasSubstr("either network or"));
  EXPECT_THAT(error_of([] { static_cast<void>(parse_spec("network = 1", "x")); }),
              HasSubstr("schema"));
  std::string many = good + "[vary]\n";
  for (const char* name : {"array.rows", "array.columns", "dram.latency", "schedule.batch"}) {
    many += fmt::format("\"{}\" = [", name);
    for (int i = 1; i <= 100; ++i) many += fmt::format("{},", i);
    many += "]\n";
  }
  EXPECT_THAT(said(many), HasSubstr("more than 1000000"));
}

TEST(ExplorationJournal, ALineThatAKillCutShortIsRemoved) {
  const tests::TemporaryFolder folder;
  const fs::path path = journal_path(folder.path(), 1, 1);
  {
    Journal journal(path);
    journal.append({{"point", "a"}});
    journal.append({{"point", "b"}});
    EXPECT_THAT(error_of([&] { Journal second(path); }), HasSubstr("another worker"));
  }
  std::ofstream(path, std::ios::app) << R"({"point": "c", "resu)";
  EXPECT_EQ(read_journals(folder.path()).size(), 2U);
  {
    Journal journal(path);
    journal.append({{"point", "d"}});
  }
  const auto lines = read_journals(folder.path());
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[2]["point"], "d");
  std::ofstream(path, std::ios::app) << "no JSON\n";
  EXPECT_THAT(error_of([&] { static_cast<void>(read_journals(folder.path())); }),
              HasSubstr("line 4"));
}

class Exploration : public testing::Test {
 protected:
  void SetUp() override {
    network_ = network_of(7);
    save_packed_network(network_, folder_ / "net.packed");
    write_file_atomically(folder_ / "question.toml", std::string_view(R"(
schema = 1
network = "net.packed"
array = "16x16"
[vary]
"array.rows" = [4, 8, 2000]
"array.columns" = [4, 8]
"buffers.bank_ports" = [1, 2]
)"));
    spec_ = load_spec(folder_ / "question.toml");
  }

  [[nodiscard]] ExploreOptions options(const char* out, Shard shard = {}) const {
    ExploreOptions options;
    options.out = folder_ / out;
    options.shard = shard;
    options.threads = 2;
    return options;
  }

  tests::TemporaryFolder folder_;
  QuantizedNetwork network_;
  Spec spec_;
};

TEST_F(Exploration, ResultsAreThoseOfTheSimulatorAndFailuresAreRecorded) {
  const ExploreOutcome outcome = explore(spec_, options("out"));
  EXPECT_EQ(outcome.points, 12U);
  EXPECT_EQ(outcome.mine, 12U);
  EXPECT_EQ(outcome.failed, 4U);  // rows must be at most 1024
  const Table table = read_table(folder_ / "out");
  ASSERT_EQ(table.rows.size(), 12U);
  for (const Row& row : table.rows) {
    ArrayConfig array = describe_array("16x16", 8);
    array.rows = std::stoul(*find(row.settings, "array.rows"));
    array.columns = std::stoul(*find(row.settings, "array.columns"));
    array.bank_ports = std::stoul(*find(row.settings, "buffers.bank_ports"));
    if (array.rows > 1024) {
      EXPECT_THAT(row.error, HasSubstr("rows"));
      EXPECT_TRUE(row.results.empty());
      continue;
    }
    const SimulationResult expected = simulation::count_network(network_, array, 1);
    EXPECT_EQ(row.result("interval"), static_cast<double>(expected.interval));
    EXPECT_EQ(row.result("latency"), static_cast<double>(expected.latency));
    EXPECT_EQ(row.result("tiles"), static_cast<double>(expected.tiles.size()));
    EXPECT_EQ(row.result("array_cells"), static_cast<double>(array.rows * array.columns));
    EXPECT_EQ(row.result("dram_read_bytes"),
              static_cast<double>(expected.total.activity.dram_read_bytes));
    EXPECT_EQ(row.result("top1"), std::nullopt);
  }
}

TEST_F(Exploration, ATechnologyGivesEnergyAndArea) {
  write_file_atomically(folder_ / "cost.toml", std::string_view(R"(
schema = 1
network = "net.packed"
array = "16x16"
technology = ["sg13g2", "ice40-hx8k", "none"]
)"));
  EXPECT_EQ(explore(load_spec(folder_ / "cost.toml"), options("cost")).failed, 1U);
  const Table table = read_table(folder_ / "cost");
  ASSERT_EQ(table.rows.size(), 3U);
  stages::CostStageOptions cost_options;
  cost_options.technology = "sg13g2";
  const CostReport cost =
      stages::cost_of_network(network_, describe_array("16x16", 8), cost_options).cost;
  const Row& row = table.rows[0];
  EXPECT_EQ(row.result("on_chip_pj_low"), cost.network.on_chip.value->low);
  EXPECT_EQ(row.result("on_chip_pj_high"), cost.network.on_chip.value->high);
  EXPECT_EQ(row.result("dram_pj_low"), cost.network.dram.value->low);
  EXPECT_EQ(row.result("dram_pj_high"), cost.network.dram.value->high);
  EXPECT_EQ(row.result("area_mm2_low"), cost.area_sum.value->low / 1e6);
  EXPECT_EQ(row.result("area_mm2_high"), cost.area_sum.value->high / 1e6);
  EXPECT_EQ(table.rows[1].result("on_chip_pj_low"), std::nullopt);  // it gives none
  EXPECT_GT(table.rows[1].result("interval"), 0);
  EXPECT_THAT(table.rows[2].error, HasSubstr("technology"));
}

TEST(ExplorationDocs, ListAllSettingsAndResults) {
  const std::string page = read_text_file(COLCOMB_EXPLORATION_PAGE);
  for (const ResultColumn& column : result_columns())
    EXPECT_THAT(page, HasSubstr(fmt::format("| `{}`", column.name)));
  for (const char* setting : {
#define COLCOMB_SETTING(name, sentence) #name,
#include "colcomb/exploration/settings.def"
#undef COLCOMB_SETTING
       }) {
    const std::string name = setting;
    const std::string last =
        "`" + name.substr(name.find('.') == std::string::npos ? 0 : name.find('.'));
    EXPECT_TRUE(page.find("`" + name + "`") != std::string::npos ||
                page.find(last + "`") != std::string::npos)
        << name;
  }
}

TEST_F(Exploration, ShardsMergedEqualOneRunAndNothingIsComputedTwice) {
  static_cast<void>(explore(spec_, options("one")));
  EXPECT_EQ(explore(spec_, options("two", {2, 2})).mine, 6U);
  EXPECT_EQ(read_table(folder_ / "two").rows.size(), 6U);
  static_cast<void>(explore(spec_, options("two", {1, 2})));
  EXPECT_EQ(to_csv(read_table(folder_ / "one")), to_csv(read_table(folder_ / "two")));
  const ExploreOutcome repeated = explore(spec_, options("two"));
  EXPECT_EQ(repeated.before, 12U);
  EXPECT_EQ(repeated.failed, 0U);
  ExploreOptions again = options("two");
  again.again = true;
  EXPECT_EQ(explore(spec_, again).before, 8U);
}

TEST_F(Exploration, AFolderOfAnotherQuestionIsRefusedAndAnotherNetworkIsAnotherPoint) {
  static_cast<void>(explore(spec_, options("out")));
  Spec other = spec_;
  other.text += "\n";
  EXPECT_THAT(error_of([&] { static_cast<void>(explore(other, options("out"))); }),
              HasSubstr("another specification"));
  save_packed_network(network_of(8), folder_ / "net.packed");
  EXPECT_EQ(read_table(folder_ / "out").rows.size(), 0U);
  EXPECT_EQ(explore(spec_, options("out")).before, 0U);
  EXPECT_THAT(error_of([&] { static_cast<void>(read_table(folder_ / "nothing")); }),
              HasSubstr("spec.json"));
}

TEST_F(Exploration, SqliteHasTheTable) {
  static_cast<void>(explore(spec_, options("out")));
  const Table table = read_table(folder_ / "out");
  const fs::path path = folder_ / "points.sqlite";
  write_sqlite(table, path);
  write_sqlite(table, path);  // anew
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(database,
                               "SELECT \"index\", point, \"array.rows\", interval, error FROM "
                               "points JOIN provenance USING (\"index\") ORDER BY \"index\"",
                               -1, &statement, nullptr),
            SQLITE_OK);
  for (const Row& row : table.rows) {
    ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_EQ(sqlite3_column_int64(statement, 0), static_cast<std::int64_t>(row.index));
    const auto text = [&](int column) {
      return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column)));
    };
    EXPECT_EQ(text(1), row.id);
    EXPECT_EQ(text(2), *find(row.settings, "array.rows"));
    if (row.error.empty()) {
      EXPECT_EQ(sqlite3_column_double(statement, 3), row.result("interval"));
    } else {
      EXPECT_EQ(sqlite3_column_type(statement, 3), SQLITE_NULL);
      EXPECT_EQ(text(4), row.error);
    }
  }
  EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

TEST(ExplorationFront, HasThePointsThatNoOtherBeats) {
  Table table;
  const auto add = [&](double cells, std::optional<double> interval, double top1) {
    Row row;
    row.index = table.rows.size();
    row.results = {{"array_cells", cells}, {"top1", top1}};
    if (interval) row.results["interval"] = *interval;
    table.rows.push_back(row);
  };
  add(16, 100, .8);            // 0: front
  add(32, 60, .8);             // 1: front
  add(32, 70, .8);             // 2: beaten by 1
  add(64, 60, .9);             // 3: beaten by 1 unless top1 counts
  add(64, std::nullopt, .95);  // 4: has no interval
  add(16, 100, .8);            // 5: as good as 0
  EXPECT_THAT(front_of(table, {{"array_cells", false}, {"interval", false}}), ElementsAre(0, 1, 5));
  EXPECT_THAT(front_of(table, {{"array_cells", false}, {"interval", false}, {"top1", true}}),
              ElementsAre(0, 1, 3, 5));
  EXPECT_THAT(front_of(table, {{"top1", true}}), ElementsAre(4));
  EXPECT_THAT(error_of([&] {
                static_cast<void>(front_of(table, {{"speed", true}}));
              }),
              HasSubstr("interval, latency"));
}

TEST(ExplorationShard, IsOneOfN) {
  EXPECT_EQ(parse_shard("2/3").number, 2U);
  EXPECT_EQ(parse_shard("2/3").of, 3U);
  for (const char* text : {"0/3", "4/3", "1", "/", "1/", "a/b", "1/2/3", "-1/2"})
    EXPECT_THAT(error_of([&] { static_cast<void>(parse_shard(text)); }), HasSubstr("I/N")) << text;
}

TEST(ExplorationOnce, ThreadsShareWhatOneMakesAndItsError) {
  Once<int> once;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      EXPECT_EQ(*once.get("a", [&] { return ++made; }), 1);
      EXPECT_THROW(static_cast<void>(once.get("b",
                                              [&]() -> int {
                                                ++made;
                                                throw failure("b", "cannot be made");
                                              })),
                   UserError);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 2);
}

}  // namespace
}  // namespace colcomb::exploration
