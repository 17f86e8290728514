// The paper's experiments (`colcomb experiment all`): a table, a figure and sentences each.
#include <algorithm>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/page/json_reader.hpp"
#include "colcomb/page/run_document.hpp"

namespace colcomb::page {
namespace {

namespace fs = std::filesystem;

/// The JSON files of a folder that hold an experiment's table, by name.
std::vector<fs::path> tables_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".json" || !fs::exists(fs::path(path).replace_extension(".csv")))
      continue;
    if (read_json_object(path).contains("stands_for")) files.push_back(path);
  }
  std::ranges::sort(files);
  return files;
}

Json sentences(const JsonReader& list) {
  Json all = Json::array();
  for (const JsonReader& sentence : list.elements()) all.push_back(sentence.text());
  return all;
}

/// Values by column name: numbers or texts; what was not computed is absent.
Json values_of(const JsonReader& values) {
  Json all = Json::object();
  for (const auto& [name, value] : values.object().items()) {
    if (value.is_null()) continue;
    all[name] = value.is_string() ? Json(values[name].text()) : Json(values[name].number());
  }
  return all;
}

Json table_of(const fs::path& file) {
  const Json json = read_json_object(file);
  const JsonReader reader(json, file.string());
  Json table = {{"name", reader["experiment"].text()},
                {"stands_for", reader["stands_for"].text()},
                {"columns", Json::array()},
                {"rows", Json::array()},
                {"notes", sentences(reader["notes"])},
                {"deviations", sentences(reader["deviations"])}};
  for (const JsonReader& column : reader["columns"].elements()) {
    table["columns"].push_back({{"name", column["name"].text()},
                                {"title", column["title"].text()},
                                {"unit", column["unit"].text()}});
  }
  for (const JsonReader& line : reader["lines"].elements()) {
    Json paper = Json::object();
    for (const auto& [name, value] : line["paper"].object().items()) {
      const JsonReader one = line["paper"][name];
      paper[name] = {{"value", one["value"].number()}, {"status", one["status"].text()}};
    }
    table["rows"].push_back({{"setting", line["setting"].text()},
                             {"values", values_of(line["values"])},
                             {"paper", std::move(paper)}});
  }
  const fs::path figure = fs::path(file).replace_extension(".svg");
  if (fs::exists(figure)) table["figure"] = read_text_file(figure);
  return table;
}

}  // namespace

bool holds_paper_experiments(const fs::path& folder) {
  return !tables_in(folder).empty();
}

Document paper_document(const fs::path& folder, const std::string& version) {
  Document document = begin_document("experiment", name_of_folder(folder), version);
  Json tables = Json::array();
  std::string dataset;
  for (const fs::path& file : tables_in(folder)) {
    const Json json = read_json_object(file);
    dataset = JsonReader(json, file.string())["dataset"].text();
    tables.push_back(table_of(file));
  }
  document.json["dataset"] = dataset;
  document.json["headline"] = {std::to_string(tables.size()) +
                               " of the paper's figures and tables on " + dataset +
                               ", with its values beside them."};
  document.json["tables"] = std::move(tables);
  document.json["provenance"] = Json::object();
  return document;
}

}  // namespace colcomb::page
