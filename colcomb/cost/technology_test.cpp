#include "colcomb/cost/technology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::cost {
namespace {

using testing::HasSubstr;

const std::string kHead =
    "schema = 1\nnode_nm = 45\n[[source]]\nid = \"a\"\ntext = \"A\"\n"
    "[[source]]\nid = \"b\"\ntext = \"B\"\n";
const std::string kEntry = "unit = \"pJ\", source = \"a\", kind = \"published\" }\n";

std::string refusal(const std::string& toml) {
  try {
    (void)parse_technology(toml, "t.toml");
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

std::filesystem::path file_of(const std::string& name) {
  return std::filesystem::path(COLCOMB_CONFIGS) / "technologies" / (name + ".toml");
}

TEST(Technology, ReadsValuesRangesUnitsAndGrounds) {
  const Technology t = parse_technology(
      kHead +
          "[add8]\nenergy = { value = 3, unit = \"fJ\", source = [\"a\", \"b\"], kind = "
          "\"modelled\", node_nm = 40, note = \"n\" }\n"
          "[dram]\nenergy = { range = [1, 2.5], unit = \"pJ/bit\", source = \"b\", kind = "
          "\"extracted\" }\n",
      "folder/t.toml");
  EXPECT_EQ(t.name, "t");
  EXPECT_EQ(t.node_nm, 45);
  const TechnologyEntry& add = t.entries.at("add8.energy");
  EXPECT_DOUBLE_EQ(add.value.low, 0.003);
  EXPECT_EQ(add.unit, "fJ");
  EXPECT_EQ(add.kind, EntryKind::kModelled);
  EXPECT_EQ(add.node_nm, 40);
  EXPECT_EQ(add.note, "n");
  const CostFigure figure = t.entry("add8.energy");
  EXPECT_EQ(figure.sources, (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(figure.entries, (std::set<std::string>{"add8.energy"}));
  EXPECT_EQ(figure.assumptions, (std::set<std::string>{"unscaled"}));
  EXPECT_EQ(t.entry("dram.energy").value, (Range{1, 2.5}));
  EXPECT_FALSE(t.entry("mul8.energy").value);
  EXPECT_EQ(t.entry("mul8.energy").absent, "t gives no mul8.energy");
}

TEST(Technology, TablesGiveWhatIsBetweenTheirEntriesAndNothingBeyond) {
  const auto row = [](int alpha, double um2) {
    return "[cell.mx.alpha" + std::to_string(alpha) + "]\narea = { value = " + std::to_string(um2) +
           ", unit = \"um2\", source = \"a\", kind = \"published\" }\n";
  };
  const Technology t = parse_technology(kHead + row(2, 100) + row(4, 140) + row(16, 200), "t.toml");
  EXPECT_EQ(t.tabulated("cell.mx", "alpha", 4, "area").value, (Range{140, 140}));
  EXPECT_TRUE(t.tabulated("cell.mx", "alpha", 4, "area").assumptions.empty());
  // A quarter of the way from 4 to 16.
  const CostFigure between = t.tabulated("cell.mx", "alpha", 7, "area");
  EXPECT_DOUBLE_EQ(between.value->low, 155);
  EXPECT_EQ(between.assumptions, (std::set<std::string>{"interpolated"}));
  EXPECT_EQ(between.entries,
            (std::set<std::string>{"cell.mx.alpha4.area", "cell.mx.alpha16.area"}));
  EXPECT_FALSE(t.tabulated("cell.mx", "alpha", 1, "area").value);
  EXPECT_FALSE(t.tabulated("cell.mx", "alpha", 17, "area").value);
}

TEST(Technology, EveryRuleIsASentence) {
  EXPECT_THAT(refusal("node_nm = 45"), HasSubstr("t.toml: schema"));
  EXPECT_THAT(refusal("schema = 2\nnode_nm = 45"), HasSubstr("schema is '2': must be 1"));
  EXPECT_THAT(refusal("schema = 1"), HasSubstr("node_nm: must be given"));
  EXPECT_THAT(refusal("schema = 1\nnode_nm = -1"),
              HasSubstr("node_nm is '-1': must not be negative"));
  EXPECT_THAT(refusal(kHead + "[[source]]\nid = \"a\"\ntext = \"x\""),
              HasSubstr("source 3.id is 'a': must not be there twice"));
  EXPECT_THAT(refusal(kHead + "[[source]]\nid = \"c\""), HasSubstr("source 3.text: must be given"));
  EXPECT_THAT(refusal(kHead + "[add8]\npower = { value = 1, " + kEntry),
              HasSubstr("unknown key is 'add8.power'"));
  EXPECT_THAT(refusal(kHead + "[add9]\nenergy = { value = 1, " + kEntry),
              HasSubstr("unknown key is 'add9'"));
  EXPECT_THAT(refusal(kHead + "[cell.mz.alpha8]\narea = { value = 1, " + kEntry),
              HasSubstr("unknown key is 'cell.mz'"));
  EXPECT_THAT(refusal(kHead + "[cell.mx.alpha08]\narea = { value = 1, " + kEntry),
              HasSubstr("unknown key is 'cell.mx.alpha08'"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = 3"),
              HasSubstr("add8.energy is '3': must be a table"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { valeu = 1, " + kEntry),
              HasSubstr("unknown key is 'add8.energy.valeu'"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { " + kEntry),
              HasSubstr("add8.energy: must have either value or range"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, range = [1, 2], " + kEntry),
              HasSubstr("must have either value or range"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = -0.5, " + kEntry),
              HasSubstr("add8.energy.value is '-0.5': must not be negative"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = inf, " + kEntry),
              HasSubstr("must be a number"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = \"1\", " + kEntry),
              HasSubstr("must be a number"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { range = [2, 1], " + kEntry),
              HasSubstr("add8.energy.range is '[ 2, 1 ]': must be two numbers, the lower first"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { range = [1], " + kEntry),
              HasSubstr("two numbers"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"pj\", source = \"a\", kind = "
                              "\"published\" }"),
              HasSubstr("add8.energy.unit is 'pj': must be one of fJ, pJ, nJ"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"um2\", source = \"a\", kind "
                              "= \"published\" }"),
              HasSubstr("must be one of fJ, pJ, nJ"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, source = \"a\", kind = "
                              "\"published\" }"),
              HasSubstr("add8.energy.unit: must be given"));
  EXPECT_THAT(
      refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"pJ\", kind = \"published\" }"),
      HasSubstr("add8.energy.source: must be given"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"pJ\", source = \"c\", kind = "
                              "\"published\" }"),
              HasSubstr("add8.energy.source is 'c': must be the id of a [[source]] table"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"pJ\", source = [], kind = "
                              "\"published\" }"),
              HasSubstr("must be a text"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"pJ\", source = \"a\" }"),
              HasSubstr("add8.energy.kind: must be given"));
  EXPECT_THAT(refusal(kHead + "[add8]\nenergy = { value = 1, unit = \"pJ\", source = \"a\", kind = "
                              "\"guessed\" }"),
              HasSubstr("must be published, extracted, synthesized or modelled"));
}

TEST(Technology, MemoriesHaveRisingSizesAndANumberForEach) {
  const std::string sram = "[[sram]]\nbits = 8\nports = 1\ninterpolate = false\n";
  const std::string grounds = ", unit = \"pJ\", source = \"a\", kind = \"modelled\" }\n";
  const Technology t = parse_technology(
      kHead + sram + "bytes = [128, 512]\nread = { values = [1, 3]" + grounds, "t.toml");
  EXPECT_EQ(t.entry("sram.1p.8bit.512B.read").value, (Range{3, 3}));
  EXPECT_THAT(refusal(kHead + sram), HasSubstr("sram 1.bytes: must be given"));
  EXPECT_THAT(refusal(kHead + sram + "bytes = [512, 128]"), HasSubstr("list of sizes, rising"));
  EXPECT_THAT(refusal(kHead + sram + "bytes = [0]"), HasSubstr("whole number from 1"));
  EXPECT_THAT(refusal(kHead + sram + "bytes = [1]\nread = { values = [1, 2]" + grounds),
              HasSubstr("sram 1.read.values: must be a list of as many numbers"));
  EXPECT_THAT(refusal(kHead + sram + "bytes = [1]\nread = { values = [-1]" + grounds),
              HasSubstr("must not be negative"));
  EXPECT_THAT(refusal(kHead + sram + "bytes = [1]\nwords = [1]"),
              HasSubstr("unknown key is 'sram 1.words'"));
  const std::string one = sram + "bytes = [1]\nread = { values = [1]" + grounds;
  EXPECT_THAT(refusal(kHead + one + one),
              HasSubstr("sram.1p.8bit.1B.read: must not be given twice"));
}

TEST(Technology, NamesAreThoseOfTheFiles) {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(file_of("").parent_path()))
    files.insert(file.path().stem().string());
  EXPECT_EQ(files, std::set<std::string>(technology_names().begin(), technology_names().end()));
  EXPECT_THROW((void)find_technology("cmos46"), UserError);
}

// Read once more by other means: every number stands in a table with a unit and with a source that
// the file names.
TEST(Technology, EveryNumberOfEveryFileHasUnitAndSource) {
  for (const std::string& name : technology_names()) {
    const Technology built_in = find_technology(name);
    EXPECT_EQ(load_technology(file_of(name)).entries.size(), built_in.entries.size());
    EXPECT_GT(built_in.entries.size(), 20U) << name;
    std::set<std::string> ids;
    for (const CostSource& source : built_in.sources) {
      EXPECT_GT(source.text.size(), 20U) << source.id;
      ids.insert(source.id);
    }
    std::set<std::string> used;
    for (const auto& [path, entry] : built_in.entries) {
      EXPECT_FALSE(entry.unit.empty()) << path;
      EXPECT_FALSE(entry.sources.empty()) << path;
      EXPECT_GT(entry.value.high, 0) << path;
      for (const std::string& source : entry.sources) {
        EXPECT_TRUE(ids.contains(source)) << path << ": " << source;
        used.insert(source);
      }
    }
    EXPECT_EQ(used, ids) << name;
    // Of the lines that hold a value, a range or values, each holds the rest too.
    std::istringstream lines(read_text_file(file_of(name)));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("value") == std::string::npos && line.find("range =") == std::string::npos)
        continue;
      if (line.starts_with('#') || line.starts_with("text")) continue;
      ++count;
      for (const char* word : {"unit = \"", "source = ", "kind = \""})
        EXPECT_NE(line.find(word), std::string::npos) << name << ": " << line;
    }
    EXPECT_GT(count, 20U) << name;
  }
}

}  // namespace
}  // namespace colcomb::cost
