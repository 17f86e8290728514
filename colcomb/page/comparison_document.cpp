#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "colcomb/base/error.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/run_document.hpp"
#include "colcomb/page/run_folder.hpp"

namespace colcomb::page {
namespace {

/// Identity fields in which the runs differ, a value per run.
Json differences(const std::vector<RunFolder>& runs) {
  std::vector<std::string> names;
  std::vector<std::map<std::string, std::string>> values(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].read().has("identity")) continue;
    for (const auto& [name, value] : runs[i].read()["identity"].object().items()) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      values[i][name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  Json rows = Json::array();
  for (const std::string& name : names) {
    Json row = Json::array();
    bool same = true;
    for (const auto& of_run : values) {
      const auto found = of_run.find(name);
      row.push_back(found == of_run.end() ? Json() : Json(found->second));
      same = same && row.back() == row.front();
    }
    if (!same) rows.push_back({{"name", name}, {"values", row}});
  }
  return rows;
}

Json row_of(const RunFolder& run, const std::string& name) {
  const JsonReader report = run.read();
  const JsonReader total = report["combining"]["total"];
  Json row = {{"name", name},
              {"dataset", report["dataset"].text()},
              {"top1", report["accuracy"]["integer"]["top1"].number()},
              {"nonzeros", total["nonzeros"].count()},
              {"groups", total["groups"].count()},
              {"tiles", total["tiles"].count()},
              {"utilization", total["utilization"].number()}};
  if (report.has("simulation")) {
    row["interval"] = report["simulation"]["interval"].count();
    row["latency"] = report["simulation"]["latency"].count();
    row["array"] = run.array->name;
  }
  if (report.has("cost")) {
    const JsonReader energy = report["cost"]["network"]["on_chip_pj_per_image"];
    if (energy.has("low")) row["energy"] = {energy["low"].number(), energy["high"].number()};
  }
  return row;
}

Json accuracy_against_clocks(const Json& rows) {
  Json points = Json::array();
  for (const Json& row : rows) {
    if (row.contains("interval"))
      points.push_back({{"x", row["interval"]}, {"y", row["top1"]}, {"label", row["name"]}});
  }
  if (points.size() < 2) return Json::array();
  return {{{"title", "accuracy against clocks"},
           {"x", {{"label", "clocks from batch to batch"}, {"format", "count"}}},
           {"y", {{"label", "top-1, integers, test split"}, {"format", "percent"}}},
           {"series", {{{"name", "runs"}, {"points", points}, {"line", false}}}}}};
}

}  // namespace

Document comparison_of(const std::vector<std::filesystem::path>& folders,
                       const std::string& version) {
  if (folders.size() < 2)
    throw option_error("folders", "", "must be two runs or more to be compared");
  std::vector<RunFolder> runs;
  for (const auto& folder : folders) runs.push_back(read_run_folder(folder));
  Document document = begin_document("comparison", "comparison of runs", version);
  Json rows = Json::array();
  Json epochs = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::string name = name_of_folder(runs[i].path);
    for (std::size_t j = 0; j < i; ++j) {
      if (rows[j]["name"] == name) name = runs[i].path.string();
    }
    rows.push_back(row_of(runs[i], name));
    Json points = Json::array();
    for (const Json& epoch : runs[i].epochs)
      points.push_back({{"x", epoch["epoch"]}, {"y", epoch["test_top1"]}});
    if (!points.empty()) epochs.push_back({{"name", name}, {"points", points}});
  }
  double best = 0;
  for (const Json& row : rows) best = std::max(best, row["top1"].get<double>());
  std::string names;
  for (const Json& row : rows) {
    if (row["top1"].get<double>() != best) continue;
    names += (names.empty() ? "" : ", ") + row["name"].get<std::string>();
  }
  document.json["headline"] = {
      fmt::format("{} runs; the highest top-1 accuracy on the test images is {:.2f} % ({}).",
                  runs.size(), 100 * best, names)};
  document.json["runs"] = {{"rows", rows}, {"differences", differences(runs)}};
  Json curves = accuracy_against_clocks(rows);
  if (!epochs.empty()) {
    curves.push_back({{"title", "accuracy by epoch"},
                      {"x", {{"label", "epoch"}, {"format", "number"}}},
                      {"y", {{"label", "top-1, test split"}, {"format", "percent"}}},
                      {"series", epochs}});
  }
  if (!curves.empty()) document.json["curves"] = curves;
  return document;
}

}  // namespace colcomb::page
