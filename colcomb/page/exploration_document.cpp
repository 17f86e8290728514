#include <algorithm>
#include <array>

#include "colcomb/exploration/front.hpp"
#include "colcomb/exploration/papers_setting.hpp"
#include "colcomb/exploration/table.hpp"
#include "colcomb/page/run_document.hpp"

namespace colcomb::page {
namespace {

using exploration::Objective;
using exploration::Row;
using exploration::Table;

/// Results that are drawn against each other where points have both.
struct Pair {
  Objective x;
  Objective y;
};
const std::array<Pair, 7> kPairs = {{{{"interval"}, {"top1", true}},
                                     {{"interval"}, {"trained_top1", true}},
                                     {{"on_chip_pj_high"}, {"top1", true}},
                                     {{"on_chip_pj_high"}, {"trained_top1", true}},
                                     {{"array_cells"}, {"interval"}},
                                     {{"area_mm2_high"}, {"interval"}},
                                     {{"on_chip_pj_high"}, {"interval"}}}};

Json settings_of(const Row& row) {
  Json settings = Json::object();
  for (const auto& [name, value] : row.settings) settings[name] = exploration::shown(value);
  return settings;
}

/// Names of the settings that differ from point to point.
Json varied(const Table& table) {
  Json names = Json::array();
  for (const exploration::Axis& axis : table.spec.axes) {
    if (axis.choices.size() < 2) continue;
    for (const std::string& name : axis.names) names.push_back(name);
  }
  return names;
}

/// Absent where fewer than two different points have both results.
Json plot_of(const Table& table, const Pair& pair) {
  Json points = Json::array();
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (table.rows[r].result(pair.x.result) && table.rows[r].result(pair.y.result))
      points.push_back(r);
  }
  if (points.size() < 2) return {};
  return {{"x", pair.x.result},
          {"y", pair.y.result},
          {"y_more_is_better", pair.y.maximize},
          {"points", points},
          {"front", exploration::front_of(table, {pair.x, pair.y})}};
}

std::string headline_of(const Table& table) {
  std::size_t failed = 0;
  for (const Row& row : table.rows) failed += row.error.empty() ? 0 : 1;
  return std::to_string(table.rows.size()) + " of " + std::to_string(table.spec.points()) +
         " points are computed, " + std::to_string(failed) + " of them failed.";
}

}  // namespace

Document exploration_document(const std::filesystem::path& folder, const std::string& version) {
  const Table table = exploration::read_table(folder);
  Document document = begin_document("exploration", table.spec.name, version);
  document.json["headline"] = {headline_of(table)};
  Json columns = Json::array();
  for (const exploration::ResultColumn& column : exploration::result_columns()) {
    const bool any = std::ranges::any_of(
        table.rows, [&column](const Row& row) { return row.result(column.name).has_value(); });
    if (any) {
      columns.push_back(
          {{"name", column.name}, {"unit", column.unit}, {"sentence", column.sentence}});
    }
  }
  Json rows = Json::array();
  for (const Row& row : table.rows) {
    Json one = {{"index", row.index},
                {"point", row.id},
                {"settings", settings_of(row)},
                {"results", row.results},
                {"paper", exploration::is_papers_setting(row.settings)}};
    if (!row.error.empty()) one["error"] = row.error;
    rows.push_back(std::move(one));
  }
  Json plots = Json::array();
  for (const Pair& pair : kPairs) {
    Json plot = plot_of(table, pair);
    if (!plot.is_null()) plots.push_back(std::move(plot));
  }
  document.json["points"] = {
      {"varied", varied(table)}, {"columns", columns}, {"rows", rows}, {"plots", plots}};
  document.json["provenance"] = {{"specification", table.spec.text}};
  return document;
}

}  // namespace colcomb::page
