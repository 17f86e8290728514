#include "colcomb/allocation/suggest.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/report/suggestions.hpp"
#include "colcomb/stages/simulate.hpp"

namespace colcomb::cli {
namespace {

struct SuggestFlags {
  std::filesystem::path input;
  std::string array = "32x32";
  bool json = false;
};

struct Combined {
  NetworkDescription description;
  std::vector<std::size_t> groups;
};

Combined load(const std::filesystem::path& path) {
  Combined result;
  if (kind_of_file(path) == FileKind::kPackedNetwork) {
    const QuantizedNetwork network = load_packed_network(path);
    result.description = network.description;
    for (const QuantizedLayer& layer : network.all())
      result.groups.push_back(layer.weights.groups.size());
    return result;
  }
  const FloatNetwork network = load_checkpoint(path).network;
  result.description = network.description;
  for (const FloatLayer& layer : network.all())
    result.groups.push_back(layer.groups ? layer.groups->size() : layer.weights.cols());
  return result;
}

void suggest(const SuggestFlags& flags) {
  const Combined network = load(flags.input);
  const ArrayConfig array = describe_array(flags.array, stages::largest_alpha(network.description));
  const SuggestionReport report = allocation::suggest(network.description, network.groups, array);
  if (flags.json) {
    fmt::print("{}\n", report::to_json(report).dump(2));
  } else {
    fmt::print("{}", report::suggestion_table(report));
  }
}

}  // namespace

void add_suggest(CLI::App& app) {
  auto flags = std::make_shared<SuggestFlags>();
  CLI::App* command = app.add_subcommand("suggest",
                                         "What would be free or cheap on an array: groups, widths "
                                         "that fill its rows, other alphas and "
                                         "shapes, each with the tiles and clocks it would change");
  command->add_option("input", flags->input, "Checkpoint or packed network")->required();
  add_array_flag(*command, flags->array);
  command->add_flag("--json", flags->json, "Print JSON instead of a table");
  command->callback([flags] { suggest(*flags); });
}

}  // namespace colcomb::cli
