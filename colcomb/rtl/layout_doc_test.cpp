// docs/reference/rtl-machine.md and rtl-pipeline.md against the lists of fields.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/read_box_record.hpp"
#include "colcomb/rtl/side_state.hpp"

namespace colcomb::rtl {
namespace {

/// The parameters, all different, so that no two names of widths can be mixed up.
MachineParameters distinct_parameters() {
  MachineParameters parameters;
  std::uint32_t next = 40;
#define COLCOMB_RTL_PARAMETER(name, shared, meaning) parameters.name = next++;
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER
  return parameters;
}

/// Fields of the table below each heading of level two.
std::map<std::string, std::vector<Field>> documented(const MachineParameters& parameters,
                                                     const char* path) {
  std::map<std::string, std::size_t> widths;
  for (const auto& [name, value] : listed(parameters)) widths["`" + name + "`"] = value;
  std::map<std::string, std::vector<Field>> tables;
  std::ifstream file(path);
  std::string heading;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) heading = line.substr(3);
    if (!line.starts_with("| `")) continue;
    std::istringstream cells(line);
    std::string bar;
    std::string name;
    std::string bits;
    cells >> bar >> name >> bar >> bits;
    name = name.substr(1, name.size() - 2);
    if (bits == "side") {
      for (Field& field : side_fields(parameters, name.substr(0, 2)))
        tables[heading].push_back(std::move(field));
    } else if (widths.contains(bits)) {
      tables[heading].push_back({name, widths[bits]});
    } else {
      std::size_t number = 0;  // of the table of parameters, which are no fields
      std::istringstream(bits) >> number;
      tables[heading].push_back({name, number});
    }
  }
  return tables;
}

void expect_fields(const std::vector<Field>& found, const std::vector<Field>& fields,
                   const std::string& heading) {
  ASSERT_EQ(found.size(), fields.size()) << heading;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(found[i].name, fields[i].name) << heading;
    EXPECT_EQ(found[i].bits, fields[i].bits) << heading << ", " << fields[i].name;
  }
}

TEST(LayoutDoc, HasThePipelinesFieldsAndWidths) {
  const MachineParameters parameters = distinct_parameters();
  auto tables = documented(parameters, COLCOMB_RTL_PIPELINE_DOC);
  expect_fields(tables["Line descriptors"], Bundles(parameters, true).line_descriptor.fields(),
                "Line descriptors");
  expect_fields(tables["Boxes"], read_box_bundle(parameters).fields(), "Boxes");
}

TEST(LayoutDoc, HasTheFieldsAndWidthsOfEveryBundle) {
  const MachineParameters parameters = distinct_parameters();
  const Bundles bundles(parameters);
  auto tables = documented(parameters, COLCOMB_RTL_MACHINE_DOC);
  const std::map<std::string, std::vector<Field>> expected = {
      {"Column token", bundles.column.fields()},
      {"Row token", bundles.row.fields()},
      {"Result token", bundles.result.fields()},
      {"Weight load", bundles.load.fields()},
      {"Load records", bundles.load_record.fields()},
      {"Tile records", bundles.tile_record.fields()},
      {"Layer records", bundles.layer_record.fields()},
      {"Sides", side_fields(parameters, "")},
      {"Read records", bundles.read_record.fields()},
      {"Write records", bundles.write_record.fields()},
      {"Line descriptors", bundles.line_descriptor.fields()},
      {"Row descriptors", bundles.row_descriptor.fields()},
      {"Keep descriptors", bundles.keep_descriptor.fields()},
      {"Write descriptors", bundles.write_descriptor.fields()}};
  for (const auto& [heading, fields] : expected) expect_fields(tables[heading], fields, heading);
  // The table of widths names parameters.
  for (const Field& field : tables["Parameters of widths"])
    EXPECT_TRUE(std::ranges::any_of(listed(parameters), [&](const auto& entry) {
      return entry.first == field.name;
    })) << field.name;
}

}  // namespace
}  // namespace colcomb::rtl
