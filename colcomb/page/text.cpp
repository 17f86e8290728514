#include "colcomb/page/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "colcomb/page/words.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::page {
namespace {

using Lines = std::vector<std::vector<std::string>>;

std::string shown_number(const Json& value) {
  if (value.is_null()) return "-";
  return value.is_number() ? number_text(value.get<double>()) : value.get<std::string>();
}

std::string shown_energy(const Json& value) {
  return value.is_null() ? "-" : energy_text(value[0].get<double>(), value[1].get<double>());
}

std::string shown_percent(const Json& value) {
  return value.is_null() ? "-" : fmt::format("{:.2f}%", 100 * value.get<double>());
}

std::string summary_text(const Json& summary) {
  std::string text;
  for (const Json& item : summary) {
    const Json& value = item["value"];
    const std::string shown = item["format"] == "percent"  ? shown_percent(value)
                              : item["format"] == "energy" ? shown_energy(value)
                                                           : number_text(value.get<double>());
    text += fmt::format("  {:<24}{:>18}  {}\n", item["label"].get<std::string>(), shown,
                        item["note"].get<std::string>());
  }
  return text;
}

std::string layers_text(const Json& layers) {
  const Json& rows = layers["rows"];
  const bool clocks = rows[0].contains("clocks");
  const bool energy = rows[0].contains("energy");
  Lines lines = {{"layer", "filters x columns", "groups", "nonzeros", "utilization", "tiles"}};
  if (clocks) lines[0].push_back("clocks");
  if (energy) lines[0].push_back("energy");
  for (const Json& row : rows) {
    auto& line = lines.emplace_back(std::vector<std::string>{
        row["name"].get<std::string>(),
        fmt::format("{} x {}", row["rows"].dump(), row["columns"].dump()), row["groups"].dump(),
        row["nonzeros"].dump(), shown_percent(row["utilization"]), row["tiles"].dump()});
    if (clocks) line.push_back(shown_number(row.value("clocks", Json())));
    if (energy) line.push_back(shown_energy(row.value("energy", Json())));
  }
  return report::format_table(lines, false);
}

std::string sentences_text(const Json& layers) {
  std::string text;
  for (const Json& row : layers["rows"]) {
    for (const Json& sentence : row["sentences"]) {
      text +=
          fmt::format("  {}: {}\n", row["name"].get<std::string>(), sentence.get<std::string>());
    }
  }
  return text;
}

std::string comparison_text(const Json& comparison) {
  Lines lines = {{"setting", "interval", "latency", "cells with a weight", "energy"}};
  for (const Json& row : comparison["rows"]) {
    lines.push_back({row["setting"].get<std::string>(), shown_number(row["interval"]),
                     shown_number(row["latency"]), shown_percent(row["cell_utilization"]),
                     shown_energy(row.value("energy", Json()))});
  }
  return report::format_table(lines, false);
}

std::string runs_text(const Json& runs) {
  Lines lines = {{"run", "top-1", "nonzeros", "groups", "tiles", "interval", "energy"}};
  for (const Json& row : runs["rows"]) {
    lines.push_back({row["name"].get<std::string>(), shown_percent(row["top1"]),
                     row["nonzeros"].dump(), row["groups"].dump(), row["tiles"].dump(),
                     shown_number(row.value("interval", Json())),
                     shown_energy(row.value("energy", Json()))});
  }
  return report::format_table(lines, false);
}

std::string curves_text(const Json& curves) {
  std::string text;
  for (const Json& curve : curves) {
    const bool percent = curve["y"]["format"] == "percent";
    Lines lines = {
        {"series", curve["x"]["label"].get<std::string>(), curve["y"]["label"].get<std::string>()}};
    for (const Json& series : curve["series"]) {
      for (const Json& point : series["points"]) {
        lines.push_back({series["name"].get<std::string>(), shown_number(point["x"]),
                         percent ? shown_percent(point["y"]) : shown_number(point["y"])});
      }
    }
    text += curve["title"].get<std::string>() + "\n" + report::format_table(lines, false) + "\n";
  }
  return text;
}

/// A value of a table of any unit: as much of it as its page shows.
std::string cell_text(const Json& value) {
  if (!value.is_number()) return shown_number(value);
  const double number = value.get<double>();
  const bool whole = number == std::floor(number) || std::abs(number) >= 1e4;
  return whole ? fmt::format("{:.0f}", number) : fmt::format("{:.4g}", number);
}

std::string table_text(const Json& table) {
  Lines lines = {{"setting"}};
  for (const Json& row : table["rows"]) lines.push_back({row["setting"].get<std::string>()});
  for (const Json& column : table["columns"]) {
    const std::string name = column["name"].get<std::string>();
    const std::string unit = column["unit"].get<std::string>();
    lines[0].push_back(column["title"].get<std::string>() + (unit.empty() ? "" : ", " + unit));
    bool paper = false;
    for (std::size_t i = 0; i < table["rows"].size(); ++i) {
      lines[i + 1].push_back(cell_text(table["rows"][i]["values"].value(name, Json())));
      paper = paper || table["rows"][i]["paper"].contains(name);
    }
    if (!paper) continue;
    lines[0].emplace_back("paper");
    for (std::size_t i = 0; i < table["rows"].size(); ++i) {
      const Json value = table["rows"][i]["paper"].value(name, Json());
      const bool checked = value.is_null() || value["status"] == "checked";
      lines[i + 1].push_back(value.is_null()
                                 ? "-"
                                 : cell_text(value["value"]) +
                                       (checked ? "" : " " + value["status"].get<std::string>()));
    }
  }
  std::string text = table["name"].get<std::string>() + ": " +
                     table["stands_for"].get<std::string>() + "\n\n" +
                     report::format_table(lines, false);
  for (const char* list : {"deviations", "notes"}) {
    for (const Json& sentence : table[list]) text += "- " + sentence.get<std::string>() + "\n";
  }
  return text;
}

}  // namespace

std::string text(const Document& document) {
  const Json& json = document.json;
  std::string text = json["title"].get<std::string>() + "\n";
  for (const Json& sentence : json["headline"]) text += sentence.get<std::string>() + "\n";
  const auto part = [&text](const std::string& more) { text += "\n" + more; };
  if (json.contains("summary")) part(summary_text(json["summary"]));
  if (json.contains("layers")) part(layers_text(json["layers"]));
  if (json.contains("layers")) part(sentences_text(json["layers"]));
  if (json.contains("comparison")) part(comparison_text(json["comparison"]));
  if (json.contains("runs")) part(runs_text(json["runs"]));
  if (json.contains("curves")) part(curves_text(json["curves"]));
  if (json.contains("tables")) {
    for (const Json& table : json["tables"]) part(table_text(table));
  }
  if (json.contains("left_out")) {
    for (const Json& left : json["left_out"])
      part(fmt::format("not shown: {}: {}\n", left["panel"].get<std::string>(),
                       left["why"].get<std::string>()));
  }
  return text;
}

}  // namespace colcomb::page
