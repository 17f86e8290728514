// The page's document beside the files that it was made of.
#include <gtest/gtest.h>
#include <zlib.h>

#include "colcomb/base/error.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/figures/figures.hpp"
#include "colcomb/page/html.hpp"
#include "colcomb/page/matrices.hpp"
#include "colcomb/page/text.hpp"
#include "colcomb/page/worked_example.hpp"
#include "tests/support/page_run.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::page {
namespace {

class PageDocument : public ::testing::Test {
 protected:
  /// Made once; each test has a copy.
  struct Made {
    tests::TemporaryFolder folder;
    QuantizedNetwork network = tests::page_network();
    RunReport report = tests::write_page_run(network, folder.path());
  };
  static const Made& made() {
    static const Made once;
    return once;
  }
  void SetUp() override { restore(); }
  void restore() const {
    std::filesystem::copy(made().folder.path(), folder_.path(),
                          std::filesystem::copy_options::overwrite_existing |
                              std::filesystem::copy_options::recursive);
  }

  [[nodiscard]] Document document() const { return document_of(folder_.path(), "1.2.3"); }
  [[nodiscard]] Json report() const { return Json::parse(read_text_file(folder_ / "report.json")); }
  void write(const char* name, const std::string& text) const {
    write_file_atomically(folder_ / name, std::string_view(text));
  }
  /// The error of a folder that is not right.
  [[nodiscard]] std::string error() const {
    try {
      (void)document();
    } catch (const UserError& error) {
      return error.what();
    }
    return "none";
  }

  tests::TemporaryFolder folder_;
  const QuantizedNetwork& network_ = made().network;
  const RunReport& report_ = made().report;
};

TEST_F(PageDocument, HasTheFiguresOfTheReport) {
  const Json json = document().json;
  EXPECT_EQ(json["kind"], "run");
  EXPECT_EQ(json["summary"][0]["value"], 0.8);
  EXPECT_EQ(json["dataset"], "made <b>up</b>");
  const SimulationResult& simulation = *report_.simulation;
  for (std::size_t i = 0; i < network_.layer_count(); ++i) {
    const SimulatedPart& layer = simulation.layers[i];
    const Json& clocks = json["clocks"]["rows"][i];
    EXPECT_EQ(clocks["total"], layer.cycles.total());
    EXPECT_EQ(clocks["values"][0], layer.cycles.compute);
    EXPECT_EQ(clocks["values"][4], layer.cycles.stall);
    EXPECT_EQ(json["bytes"]["terms"][0]["name"], "data_read_bytes");
    EXPECT_EQ(json["bytes"]["rows"][i]["values"][0], layer.activity.data_read_bytes);
    const CostEnergy& energy = report_.cost->layers[i];
    EXPECT_EQ(json["energy"]["rows"][i]["total"][0], energy.on_chip.value->low);
    EXPECT_EQ(json["energy"]["rows"][i]["total"][1], energy.on_chip.value->high);
    EXPECT_EQ(json["layers"]["rows"][i]["nonzeros"], report_.combining.layers[i].nonzeros);
    EXPECT_EQ(json["layers"]["rows"][i]["clocks"], layer.cycles.total());
  }
  for (std::size_t i = 0; i < report_.baselines.size(); ++i) {
    EXPECT_EQ(json["comparison"]["rows"][i]["setting"], report_.baselines[i].name);
    EXPECT_EQ(json["comparison"]["rows"][i]["interval"], report_.baselines[i].result.interval);
  }
  EXPECT_EQ(json["provenance"]["made_by"]["command"], "colcomb run --out 'a b' <c>");
  EXPECT_EQ(json["provenance"]["timeline"], "timeline.json");
}

// The parts of a layer's energy, group by group, are what the sum is made of.
TEST_F(PageDocument, EnergiesOfGroupsAddUpToTheSum) {
  const Json json = document().json;
  for (const Json& row : json["energy"]["rows"]) {
    double low = 0;
    for (const Json& value : row["values"]) low += value[0].get<double>();
    EXPECT_NEAR(low / row["total"][0].get<double>(), 1, 1e-9) << row["name"];
  }
}

// Tiles' nonzeros are those of the packed matrices, and their clocks those of the layers.
TEST_F(PageDocument, TilesAddUpToTheLayers) {
  const Json json = document().json;
  for (std::size_t i = 0; i < network_.layer_count(); ++i) {
    std::uint64_t nonzeros = 0;
    std::uint64_t clocks = 0;
    for (const Json& tile : json["tiles"]["layers"][i]["tiles"]) {
      nonzeros += tile["nonzeros"].get<std::uint64_t>();
      clocks += tile["clocks"].get<std::uint64_t>();
    }
    EXPECT_EQ(nonzeros, count_nonzeros(network_.layer(i).weights.values));
    EXPECT_EQ(clocks, report_.simulation->layers[i].cycles.total());
  }
}

// 848 weights before training, 600 after epoch 1, then 500.
TEST_F(PageDocument, EpochsThatPrunedAreMarked) {
  const Json json = document().json;
  const Json& rows = json["epochs"]["rows"];
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0]["pruned"], true);
  EXPECT_EQ(rows[1]["pruned"], true);
  EXPECT_EQ(rows[2]["pruned"], false);
  EXPECT_EQ(rows[3]["pruned"], false);
  EXPECT_EQ(rows[0]["validation_top1"], nullptr);
  EXPECT_EQ(rows[3]["test_top1"], 0.8);
}

TEST_F(PageDocument, MatricesUnpackToTheNetworks) {
  const Document page = document();
  for (std::size_t i = 0; i < network_.layer_count(); ++i) {
    const Json& matrix = page.json["matrices"][i];
    const PackedMatrix<std::int8_t>& packed = network_.layer(i).weights;
    ASSERT_EQ(matrix["groups"].size(), packed.groups.size());
    Matrix<std::int8_t> full(packed.rows(), packed.columns);
    for (std::size_t cell = 0; cell < packed.values.size(); ++cell) {
      const std::size_t group = cell % packed.groups.size();
      const std::uint8_t value = page.bytes[matrix["values"]["offset"].get<std::size_t>() + cell];
      const std::uint8_t select = page.bytes[matrix["selects"]["offset"].get<std::size_t>() + cell];
      if (value == 0) continue;
      full(cell / packed.groups.size(), matrix["groups"][group][select].get<std::size_t>()) =
          static_cast<std::int8_t>(value);
    }
    EXPECT_EQ(full, unpack(packed)) << i;
  }
}

// Where they do not fit, the largest are shown by how full their blocks are.
TEST_F(PageDocument, MatricesKeepWithinTheirBytes) {
  Document page;
  add_matrices(network_, 300, page);
  std::size_t whole = 0;
  for (const Json& matrix : page.json["matrices"]) {
    whole += matrix.contains("values") ? 1 : 0;
    EXPECT_NE(matrix.contains("values"), matrix.contains("block"));
    if (!matrix.contains("block")) continue;
    EXPECT_EQ(matrix["before_blocks"]["rows"], matrix["rows"]);
  }
  EXPECT_GT(whole, 0U);
  EXPECT_LT(whole, network_.layer_count());
}

// Each recorded sum of the small array is that of its words and weights.
TEST_F(PageDocument, TheClipsSumsAreThoseOfItsWords) {
  const Document page = document();
  const Json& clip = page.json["clip"];
  const auto alpha = clip["array"]["alpha"].get<std::size_t>();
  const std::size_t columns = clip["groups"].size();
  ASSERT_GT(columns, 1U);
  ASSERT_EQ(clip["results"].size(),
            clip["words"].get<std::size_t>() * clip["rows"].get<std::size_t>());
  // The bias, or what the sums began with, is the same for a row where the tile is a first one.
  ASSERT_EQ(clip["first"], true);
  for (const Json& result : clip["results"]) {
    const auto row = result[1].get<std::size_t>();
    std::int64_t sum = 0;
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t at = (result[3].get<std::size_t>() * columns + column) * alpha +
                             clip["selects"][row][column].get<std::size_t>();
      sum += clip["weights"][row][column].get<int>() *
             page.bytes[clip["inputs"]["offset"].get<std::size_t>() + at];
    }
    std::size_t layer = 0;
    while (clip["layer"] != network_.description.layer(layer).name) ++layer;
    const auto filter = clip["row_begin"].get<std::size_t>() + row;
    EXPECT_EQ(result[2].get<std::int64_t>(), sum + network_.layer(layer).bias[filter]);
  }
}

TEST_F(PageDocument, NamesTheBrokenFileFieldAndRule) {
  Json json = report();
  json["simulation"]["latency"] = 1;
  write("report.json", json.dump());
  EXPECT_NE(error().find("report.json: simulation.latency is '1': must be that of network.packed"),
            std::string::npos)
      << error();
  json = report();
  json["accuracy"].erase("integer");
  json["simulation"] = nullptr;
  write("report.json", json.dump());
  EXPECT_NE(error().find("report.json: accuracy.integer: is missing"), std::string::npos)
      << error();
  json["combining"]["layers"][1]["name"] = "other";
  write("report.json", json.dump());
  EXPECT_NE(error().find("report.json: combining.layers[1].name is 'other': must be the packed"),
            std::string::npos)
      << error();
  write("report.json", "[1]");
  EXPECT_NE(error().find("report.json: does not hold a JSON object"), std::string::npos) << error();
  restore();
  write("network.history.jsonl", "{\"epoch\":1,\"test_top1\":true}\n");
  EXPECT_NE(error().find("network.history.jsonl: line 1.nonzeros: is missing"), std::string::npos)
      << error();
  write("network.packed", "no network");
  EXPECT_NE(error().find("network.packed"), std::string::npos) << error();
  std::filesystem::remove(folder_ / "report.json");
  EXPECT_NE(error().find("is not the folder of a finished run"), std::string::npos) << error();
}

// What a run lacks is not in the document.
TEST_F(PageDocument, LayersSayWhatCombiningSavedAndHowFarFromTheBoundItIs) {
  const Json rows = document().json["layers"]["rows"];
  ASSERT_EQ(rows.size(), network_.layer_count());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LayerReport& layer = report_.combining.layers[i];
    EXPECT_EQ(rows[i]["tiles_gain"], 2.5) << i;  // of 5 tiles and 2
    EXPECT_EQ(rows[i].contains("retained_magnitude_bound"),
              layer.retained_magnitude_bound.has_value())
        << i;
    if (layer.retained_magnitude_bound) {
      EXPECT_EQ(rows[i]["retained_magnitude_bound"], *layer.retained_magnitude_bound) << i;
    }
  }
}

TEST_F(PageDocument, LeavesOutWhatARunLacks) {
  Json json = report();
  json["cost"] = json["cost_comparison"] = json["simulation"] = nullptr;
  json["comparison"] = Json::array();
  write("report.json", json.dump());
  std::filesystem::remove(folder_ / "network.history.jsonl");
  std::filesystem::remove(folder_ / "timeline.json");
  json = document().json;
  for (const char* part :
       {"epochs", "clocks", "bytes", "energy", "machine", "tiles", "clip", "comparison"})
    EXPECT_FALSE(json.contains(part)) << part;
  EXPECT_FALSE(json["provenance"].contains("timeline"));
  EXPECT_EQ(json["matrices"].size(), network_.layer_count());
}

TEST_F(PageDocument, FieldsOfTheWrongTypeAreNamed) {
  Json json = report();
  json["simulation"]["images"] = 0;
  write("report.json", json.dump());
  EXPECT_NE(error().find("simulation.images is '0': must be whole batches of 1"), std::string::npos)
      << error();
  for (const auto& [path, rule] : std::vector<std::pair<std::string, std::string>>{
           {"/accuracy/integer/top1", "must be a number"},
           {"/combining/layers/0/groups", "must be a number"},
           {"/simulation/layers/0/cycles/compute", "must be a whole number, not negative"},
           {"/simulation/layers/0/name", "must be a text"},
           {"/simulation/config/array/rows", "must be a whole number, not negative"},
           {"/cost/layers", "must be an array"},
           {"/cost/network/parts_pj_per_image/0/group", "must be a text"},
           {"/comparison/0/interval", "must be a number"},
           {"/identity", "must be an object"}}) {
    restore();
    json = report();
    json[Json::json_pointer(path)] =
        path == "/simulation/layers/0/name" || path == "/cost/network/parts_pj_per_image/0/group"
            ? Json(5)
            : Json("five");
    write("report.json", json.dump());
    EXPECT_NE(error().find(rule), std::string::npos) << path << ": " << error();
    EXPECT_NE(error().find("report.json"), std::string::npos) << path << ": " << error();
  }
}

// Each layer has an array of its own: no tiles, and a machine of as many arrays.
TEST_F(PageDocument, CrossLayerRunsHaveAnArrayForEachLayer) {
  ArrayConfig array = tests::page_array();
  array.cross_layer = true;
  const SimulationResult result =
      *tests::write_page_run(network_, folder_.path(), array).simulation;
  const Json json = document().json;
  EXPECT_FALSE(json.contains("tiles"));
  EXPECT_EQ(json["clocks"]["rows"].size(), network_.layer_count());
  EXPECT_EQ(json["clip"]["array"]["rows"], 4);
  // DRAM, the reader, the layers, the logits; an arrow between each and the next.
  const Json& blocks = json["machine"]["blocks"];
  const Json& flows = json["machine"]["flows"];
  ASSERT_EQ(blocks.size(), network_.layer_count() + 3);
  ASSERT_EQ(flows.size(), network_.layer_count() + 2);
  for (std::size_t i = 0; i < network_.layer_count(); ++i) {
    const SimulatedPart& layer = result.layers[i];
    const std::string busy = std::to_string(layer.cycles.compute / result.images) + " of " +
                             std::to_string(result.interval) + " clocks";
    EXPECT_NE(blocks[i + 2]["note"].get<std::string>().find(busy), std::string::npos) << i;
    EXPECT_EQ(flows[i + 1]["to"], blocks[i + 2]["id"]);
    if (i > 0) {
      EXPECT_EQ(flows[i + 1]["count"], result.layers[i - 1].activity.data_write_bytes) << i;
    }
  }
  EXPECT_EQ(flows[0]["count"], result.total.activity.dram_read_bytes);
  EXPECT_EQ(flows.back()["count"], result.total.activity.dram_write_bytes);
}

TEST_F(PageDocument, ComparesRunsByWhatDiffers) {
  const auto other = folder_ / "other";
  std::filesystem::copy(made().folder.path(), other);
  Json json = Json::parse(read_text_file(other / "report.json"));
  json["identity"]["seed"] = "2";
  json["accuracy"]["integer"]["top1"] = 0.85;
  write_file_atomically(other / "report.json", std::string_view(json.dump()));
  const Document page = comparison_of({folder_.path(), other}, "1.2.3");
  ASSERT_EQ(page.json["runs"]["rows"].size(), 2U);
  EXPECT_EQ(page.json["runs"]["rows"][1]["top1"], 0.85);
  EXPECT_EQ(page.json["headline"][0],
            "2 runs; the highest top-1 accuracy on the test images is 85.00 % (other).");
  ASSERT_EQ(page.json["runs"]["differences"].size(), 1U);
  EXPECT_EQ(page.json["runs"]["differences"][0], (Json{{"name", "seed"}, {"values", {"1", "2"}}}));
  EXPECT_THROW((void)comparison_of({folder_.path()}, "1.2.3"), UserError);
}

TEST_F(PageDocument, TextHasItsTablesAndSentences) {
  const std::string shown = text(document());
  for (const char* part : {"80.00 % top-1 on the 200 test images", "images a second", "layer0",
                           "column combined: this array"})
    EXPECT_NE(shown.find(part), std::string::npos) << part << '\n' << shown;
}

// A folder of `colcomb experiment all`: ours and the paper's values, the sentences, the figure.
TEST(ExperimentDocument, HasThePapersTables) {
  const tests::TemporaryFolder folder;
  const auto write = [&folder](const char* name, const char* text) {
    write_file_atomically(folder / name, std::string_view(text));
  };
  write("tiles.json", R"({"experiment": "tiles", "stands_for": "tiles of <three> networks",
    "dataset": "mnist", "columns": [{"name": "tiles", "title": "tiles", "unit": ""},
    {"name": "top1", "title": "top-1", "unit": "%"}, {"name": "cell", "title": "cell", "unit": ""}],
    "lines": [{"setting": "combined", "values": {"tiles": 12, "top1": 84.5, "cell": "MX"},
    "paper": {"tiles": {"value": 11, "unit": "", "dataset": "mnist", "status": "checked"},
    "top1": {"value": 97.25, "unit": "%", "dataset": "mnist", "status": "recalled"}}},
    {"setting": "other", "values": {"tiles": 30, "top1": null}, "paper": {}}],
    "notes": ["one seed"], "deviations": ["tiles: 9 % above"]})");
  EXPECT_THROW((void)document_of(folder.path(), "1.2.3"), UserError);  // no CSV: of something else
  write("tiles.csv", "");
  write("tiles.svg", "<svg/>");
  write("other.json", "{}");
  write("other.csv", "");
  const Document document = document_of(folder.path(), "1.2.3");
  const Json& tables = document.json["tables"];
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(document.json["kind"], "experiment");
  EXPECT_EQ(tables[0]["rows"][0]["values"]["top1"], 84.5);
  EXPECT_EQ(tables[0]["rows"][0]["paper"]["top1"]["status"], "recalled");
  EXPECT_EQ(tables[0]["figure"], "<svg/>");
  EXPECT_FALSE(tables[0]["rows"][1]["values"].contains("top1"));
  const std::string shown = text(document);
  for (const char* part :
       {"tiles of <three> networks", "97.25 recalled", "- tiles: 9 % above", "- one seed", "MX"})
    EXPECT_NE(shown.find(part), std::string::npos) << part << '\n' << shown;
  const auto files = figures(document);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].name, "tiles.svg");
  EXPECT_EQ(files[0].content, "<svg/>");
  write("tiles.json", R"({"experiment": "tiles", "stands_for": 3})");
  try {
    (void)document_of(folder.path(), "1.2.3");
    ADD_FAILURE();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("tiles.json"), std::string::npos) << error.what();
  }
}

// The uniform arm at alpha 8 is the paper's setting.
TEST(ExperimentDocument, MarksThePapersSetting) {
  const tests::TemporaryFolder folder;
  const auto write = [&folder](const char* name, const char* text) {
    write_file_atomically(folder / name, std::string_view(text));
  };
  write("experiment.json", "{}");
  EXPECT_THROW((void)document_of(folder.path(), "1.2.3"), UserError);
  write("results.json", R"({"dataset": "made up", "complete": false, "identity": {"seed": "1"},
    "points": [{"arm": "uniform", "runs": 2, "interval": 100, "mean": 0.5, "least": 0.4, "most": 0.6},
               {"arm": "uniform", "runs": 1, "interval": 50, "mean": 0.3, "least": 0.3, "most": 0.3},
               {"arm": "budget", "runs": 1, "interval": 50, "mean": 0.4, "least": 0.4, "most": 0.4}],
    "runs": [{"arm": "uniform", "alpha": 4, "interval": 100},
             {"arm": "uniform", "alpha": 8, "interval": 50},
             {"arm": "budget", "alpha": 8, "interval": 50}]})");
  const Json json = document_of(folder.path(), "1.2.3").json;
  EXPECT_EQ(json["kind"], "experiment");
  EXPECT_EQ(json["headline"][0], "3 trained networks on made up; the experiment is not complete.");
  const Json& series = json["curves"][0]["series"];
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0]["points"][0]["low"], 0.4);
  EXPECT_FALSE(series[0]["points"][0].contains("paper"));
  EXPECT_EQ(series[0]["points"][1]["paper"], true);
  EXPECT_FALSE(series[1]["points"][0].contains("paper"));
}

std::string inflated(const std::string& base64_text) {
  std::vector<std::uint8_t> packed;
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : base64_text) {
    if (c == '=') break;
    bits = bits << 6U | static_cast<std::uint32_t>(digits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    packed.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  std::string text(1 << 20, '\0');
  uLongf size = text.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(text.data()), &size, packed.data(), packed.size()),
            Z_OK);
  text.resize(size);
  return text;
}

// No letter of a file's texts is in the page as HTML.
TEST_F(PageDocument, HtmlHoldsTheDocumentAsLettersAlone) {
  const Document page = document();
  const std::string text = html(page, "<d>@document@</d><b>@bytes@</b>");
  EXPECT_EQ(text.find("script"), std::string::npos);
  EXPECT_EQ(std::ranges::count(text, '<'), 4);
  const std::string packed = text.substr(3, text.find("</d>") - 3);
  EXPECT_EQ(Json::parse(inflated(packed)), page.json);
  EXPECT_EQ(html(page, "<d>@document@</d><b>@bytes@</b>"), text);
}

TEST(Base64, FillsTheLastLetters) {  // RFC 4648, section 10
  const auto of = [](std::string_view text) {
    return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(of(""), "");
  EXPECT_EQ(of("f"), "Zg==");
  EXPECT_EQ(of("fo"), "Zm8=");
  EXPECT_EQ(of("foo"), "Zm9v");
  EXPECT_EQ(of("foobar"), "Zm9vYmFy");
}

TEST(Lesson, IsTheWorkedExample) {
  EXPECT_EQ(worked_network(), tests::worked_network());
  EXPECT_EQ(worked_array(), tests::worked_array());
  EXPECT_EQ(worked_image(), tests::worked_image());
  const Document page = lesson("1.2.3");
  EXPECT_EQ(page.json["clip"]["results"][0], Json({67, 0, 22, 0}));  // 3 x 10 - 2 x 4
  EXPECT_GE(page.json["lesson"].size(), 3U);
}

// The formulas are those of docs/reference/cost.md, row by row.
TEST(EnergyTerms, AreTheDocumentations) {
  std::string page = read_text_file(COLCOMB_DOCS "/reference/cost.md");
  std::erase(page, '`');
  std::string flat;
  for (const char c : page) {
    if (c != ' ' || flat.empty() || flat.back() != ' ') flat += c;
  }
  struct Row {
    std::string part;
    std::string formula;
  };
  const std::vector<Row> rows = {
#define COLCOMB_ENERGY_TERM(part, formula) {part, formula},
#include "colcomb/page/energy_terms.def"
#undef COLCOMB_ENERGY_TERM
  };
  for (const Row& row : rows) {
    const std::string name = row.part == "clock of" ? "clock of a block" : row.part;
    EXPECT_NE(flat.find("| " + name + " | " + row.formula + " |"), std::string::npos) << row.part;
  }
  EXPECT_EQ(rows.size(), 19U);
}

}  // namespace
}  // namespace colcomb::page
