#include "colcomb/page/run_folder.hpp"

#include <fmt/format.h>

#include <sstream>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::page {
namespace {

namespace fs = std::filesystem;

std::vector<Json> read_epochs(const fs::path& file) {
  std::vector<Json> epochs;
  if (!fs::exists(file)) return epochs;
  std::istringstream lines(read_text_file(file));
  for (std::string line; std::getline(lines, line);) {
    Json json = Json::parse(line, nullptr, false);
    const std::string field = fmt::format("line {}", epochs.size() + 1);
    if (!json.is_object()) throw file_error(file.string(), field, "", "must be a JSON object");
    const JsonReader epoch(json, file.string(), field);
    for (const char* name : {"epoch", "nonzeros"}) (void)epoch[name].count();
    for (const char* name : {"test_top1", "utilization"}) (void)epoch[name].number();
    epochs.push_back(std::move(json));
  }
  return epochs;
}

void require_same_layers(const RunFolder& run) {
  const JsonReader layers = run.read()["combining"]["layers"];
  const auto names = layers.elements();
  if (names.size() != run.network.layer_count()) {
    throw file_error(
        layers.file(), "combining.layers", fmt::to_string(names.size()),
        fmt::format("must be as many as the packed network's, {}", run.network.layer_count()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = run.network.description.layer(i).name;
    if (names[i]["name"].text() != name) {
      throw file_error(layers.file(), fmt::format("combining.layers[{}].name", i),
                       names[i]["name"].text(),
                       fmt::format("must be the packed network's, '{}'", name));
    }
  }
}

void count_again(RunFolder& run) {
  const JsonReader simulation = run.read()["simulation"];
  run.array = array_of(simulation["config"]);
  const std::uint64_t images = simulation["images"].count();
  if (images == 0 || images % run.array->batch != 0) {
    throw file_error(simulation.file(), "simulation.images", fmt::to_string(images),
                     fmt::format("must be whole batches of {}", run.array->batch));
  }
  run.counts = simulation::count_network(run.network, *run.array, images);
  const std::uint64_t reported = simulation["latency"].count();
  if (run.counts->latency != reported) {
    throw file_error(simulation.file(), "simulation.latency", fmt::to_string(reported),
                     fmt::format("must be that of network.packed on the array, {}: the files are "
                                 "of different runs, or of another version",
                                 run.counts->latency));
  }
}

}  // namespace

ArrayConfig array_of(const JsonReader& config) {
  ArrayConfig array;
  for (const auto& [table, fields] : config.object().items()) {
    if (table == "name") {
      array.name = config["name"].text();
      continue;
    }
    for (const auto& [key, value] : config[table].object().items())
      set_array_field(array, table + "." + key, value.dump(), config.file());
  }
  validate(array, config.file());
  return array;
}

RunFolder read_run_folder(const fs::path& folder) {
  RunFolder run;
  run.path = folder;
  if (!fs::exists(folder / "report.json")) {
    throw file_error(folder.string(), "", "",
                     "is not the folder of a finished run: it has no report.json");
  }
  run.report = read_json_object(folder / "report.json");
  run.network = load_packed_network(folder / "network.packed");
  run.epochs = read_epochs(folder / "network.history.jsonl");
  run.timeline = fs::exists(folder / "timeline.json");
  require_same_layers(run);
  if (run.read().has("simulation")) count_again(run);
  return run;
}

}  // namespace colcomb::page
