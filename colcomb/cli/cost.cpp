#include "colcomb/stages/cost.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/technology_flag.hpp"
#include "colcomb/report/cost_json.hpp"
#include "colcomb/report/cost_table.hpp"
#include "colcomb/stages/simulate.hpp"

namespace colcomb::cli {
namespace {

struct CostFlags {
  std::filesystem::path input;
  std::string array = "32x32";
  stages::CostStageOptions options;
  bool layers = false;
  std::optional<std::string> json;  // a file; empty: to stdout
  std::optional<std::filesystem::path> csv;
};

nlohmann::ordered_json json_of(const stages::CostRun& run) {
  nlohmann::ordered_json json = report::to_json(run.cost);
  json["comparison"] = nullptr;
  if (run.comparison) json["comparison"] = report::to_json(*run.comparison);
  return json;
}

void run(const CostFlags& flags) {
  if (flags.csv) require_writable(*flags.csv, "--csv");
  const bool to_file = flags.json && !flags.json->empty();
  if (to_file) require_writable(*flags.json, "--json");
  const QuantizedNetwork network = load_packed_network(flags.input);
  const ArrayConfig config =
      describe_array(flags.array, stages::largest_alpha(network.description));
  const stages::CostRun run = stages::cost_of_network(network, config, flags.options);
  if (flags.csv) write_file_atomically(*flags.csv, std::string_view(report::cost_csv(run.cost)));
  if (to_file) write_file_atomically(*flags.json, std::string_view(json_of(run).dump(2) + '\n'));
  if (flags.json && !to_file) {
    fmt::print("{}\n", json_of(run).dump(2));
    return;
  }
  fmt::print("{}", report::cost_table(run.cost));
  if (flags.layers) fmt::print("\n{}", report::cost_layer_table(run.cost));
  if (run.comparison) fmt::print("\n{}", report::cost_comparison_table(*run.comparison));
}

}  // namespace

void add_cost(CLI::App& app) {
  auto flags = std::make_shared<CostFlags>();
  CLI::App* command = app.add_subcommand(
      "cost",
      "Energy, area and rates of a packed network on a systolic array, with ranges and sources");
  command->add_option("input", flags->input, "Packed network")->required();
  add_array_flag(*command, flags->array);
  add_technology_flag(*command, flags->options.technology)->capture_default_str();
  command->add_option("--images", flags->options.images,
                      "Images of the run that is counted: what happens once, as reading weights "
                      "that stay on the chip, is shared among them [16, in whole batches]");
  command->add_flag("--gated", flags->options.gated,
                    "Cells with a clock gate at weight and select, where the technology has them");
  command->add_flag("--layers", flags->layers, "Also print each layer's energy");
  command->add_flag("--compare", flags->options.compare,
                    "Compare with the same network without combining, dense, on bit-parallel "
                    "cells, and cross-layer pipelined");
  command->add_option("--scale-to", flags->options.scale_nm,
                      "Also scale the sums to this node, nm: always a range");
  command
      ->add_option("--scale-voltage", flags->options.scale_volt, "Supply voltage of --scale-to, V")
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--json", [flags](const std::string& file) { flags->json = file; },
          "Print JSON instead of tables, or write it to this file beside them")
      ->expected(0, 1)
      ->type_name("[FILE]");
  command->add_option("--csv", flags->csv,
                      "Write every part of every layer, of area and resources to this file");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
