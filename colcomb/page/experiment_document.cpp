// Experiments: `frontier` has points of several arms, `limited-data` runs of several starts.
#include "colcomb/base/error.hpp"
#include "colcomb/page/json_reader.hpp"
#include "colcomb/page/run_document.hpp"

namespace colcomb::page {
namespace {

Json& series_of(Json& all, const std::string& name) {
  for (Json& series : all) {
    if (series["name"] == name) return series;
  }
  all.push_back({{"name", name}, {"points", Json::array()}});
  return all.back();
}

Json frontier(const JsonReader& results) {
  Json series = Json::array();
  for (const JsonReader& point : results["points"].elements()) {
    series_of(series, point["arm"].text())["points"].push_back({{"x", point["interval"].json()},
                                                                {"y", point["mean"].json()},
                                                                {"low", point["least"].json()},
                                                                {"high", point["most"].json()},
                                                                {"runs", point["runs"].json()}});
  }
  // Which of the budgets are those of the paper's alpha.
  for (const JsonReader& run : results["runs"].elements()) {
    if (run["arm"].text() != "uniform" || run["alpha"].count() != 8) continue;
    for (Json& point : series_of(series, "uniform")["points"]) {
      if (point["x"].get<double>() == run["interval"].number()) point["paper"] = true;
    }
  }
  return {{"title", "accuracy against clocks"},
          {"x", {{"label", "clocks from batch to batch"}, {"format", "count"}}},
          {"y", {{"label", "top-1, integers, test split"}, {"format", "percent"}}},
          {"series", series}};
}

Json limited_data(const JsonReader& results) {
  Json series = Json::array();
  for (const JsonReader& run : results["runs"].elements()) {
    series_of(series, run["start"].text())["points"].push_back(
        {{"x", run["percent"].json()}, {"y", run["test_top1"].json()}});
  }
  return {{"title", "accuracy against training images"},
          {"x", {{"label", "% of the training images"}, {"format", "number"}}},
          {"y", {{"label", "top-1, test split"}, {"format", "percent"}}},
          {"series", series}};
}

}  // namespace

Document experiment_document(const std::filesystem::path& folder, const std::string& version) {
  const auto file = folder / "results.json";
  if (!std::filesystem::exists(file)) {
    throw file_error(folder.string(), "", "",
                     "is the folder of an experiment without a finished run: it has no "
                     "results.json");
  }
  const Json json = read_json_object(file);
  const JsonReader results(json, file.string());
  Document document = begin_document("experiment", name_of_folder(folder), version);
  document.json["dataset"] = results["dataset"].text();
  const bool complete = results["complete"].json() == true;
  document.json["headline"] = {std::to_string(results["runs"].elements().size()) +
                               " trained networks on " + results["dataset"].text() +
                               (complete ? "." : "; the experiment is not complete.")};
  document.json["curves"] =
      Json::array({results.has("points") ? frontier(results) : limited_data(results)});
  Json identity = Json::array();
  for (const auto& [name, value] : results["identity"].object().items())
    identity.push_back({name, value.is_string() ? value : Json(value.dump())});
  document.json["provenance"] = {{"identity", identity}};
  return document;
}

}  // namespace colcomb::page
