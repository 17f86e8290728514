#include "colcomb/exploration/table.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "colcomb/base/csv.hpp"
#include "colcomb/exploration/explore.hpp"
#include "colcomb/exploration/journal.hpp"
#include "colcomb/exploration/point.hpp"

namespace colcomb::exploration {
namespace {

constexpr auto kColumns = std::to_array<ResultColumn>({
#define COLCOMB_RESULT(name, unit, sentence) {#name, unit, sentence},
#include "colcomb/exploration/results.def"
#undef COLCOMB_RESULT
});

}  // namespace

std::span<const ResultColumn> result_columns() {
  return kColumns;
}

std::optional<double> Row::result(const std::string& name) const {
  const auto found = results.find(name);
  if (found == results.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

Table read_table(const std::filesystem::path& folder) {
  Table table;
  table.spec = spec_of(folder);
  std::map<std::string, nlohmann::ordered_json> lines;
  for (auto& line : read_journals(folder)) {
    std::string id = line["point"].get<std::string>();
    lines[std::move(id)] = std::move(line);
  }
  for (Point& point : points_of(table.spec)) {
    const auto found = lines.find(point.id);
    if (found == lines.end()) continue;
    const nlohmann::ordered_json& line = found->second;
    Row row;
    row.index = point.index;
    row.id = std::move(point.id);
    row.settings = std::move(point.settings);
    row.results = line.value("results", nlohmann::ordered_json::object());
    row.error = line.value("error", "");
    row.version = line.value("version", "");
    row.host = line.value("host", "");
    row.seconds = line.value("seconds", 0.0);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string to_csv(const Table& table) {
  std::string csv = "index,point";
  for (const auto& [name, value] : table.spec.point(0)) csv += ',' + csv_field(name);
  for (const ResultColumn& column : kColumns) csv += std::string(",") + column.name;
  csv += ",error\n";
  for (const Row& row : table.rows) {
    csv += std::to_string(row.index) + ',' + row.id;
    for (const auto& [name, value] : row.settings) csv += ',' + csv_field(shown(value));
    for (const ResultColumn& column : kColumns) {
      csv += ',';
      const auto found = row.results.find(column.name);
      if (found != row.results.end()) csv += found->dump();
    }
    csv += ',' + csv_field(row.error) + '\n';
  }
  return csv;
}

}  // namespace colcomb::exploration
