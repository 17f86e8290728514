#include "colcomb/simulation/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/baseline_runs.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/evaluation_loader.hpp"
#include "colcomb/report/simulation_json.hpp"
#include "colcomb/report/simulation_table.hpp"
#include "colcomb/semantics/image_values.hpp"
#include "colcomb/simulation/count_difference.hpp"
#include "colcomb/simulation/exact/first_difference.hpp"
#include "colcomb/simulation/exact/trace.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
  fs::path input;
  fs::path array;
  DataFlags data;
  std::size_t images = 16;
  std::string engine = "fast";
  bool baselines = false;
  bool tiles = false;
  bool activity = false;
  bool json = false;
  std::size_t threads = 0;
  std::optional<fs::path> csv;
  std::optional<std::uint32_t> trace_tile;
  std::vector<std::uint64_t> trace_clocks;
  fs::path vcd;
  bool vcd_edges = false;
  fs::path address_trace;

  /// What to trace, if anything. Errors: UserError where flags do not fit together.
  [[nodiscard]] std::optional<simulation::TraceOptions> trace_options() const;
};

std::optional<simulation::TraceOptions> Flags::trace_options() const {
  if (vcd.empty() && address_trace.empty()) return std::nullopt;
  if (engine == "fast")
    throw usage_error("--engine", engine, "has no clocks to trace: exact or both has");
  simulation::TraceOptions options;
  options.tile = trace_tile;
  if (!trace_tile) {
    if (trace_clocks.size() != 2)
      throw usage_error("--trace-tile", "", "or --trace-clocks FIRST LAST must say what to trace");
    options.first_clock = trace_clocks[0];
    options.last_clock = trace_clocks[1];
  }
  options.vcd = vcd;
  options.edges_only = vcd_edges;
  options.csv = address_trace;
  if (!vcd.empty()) require_writable(vcd, "--vcd");
  if (!address_trace.empty()) require_writable(address_trace, "--address-trace");
  return options;
}

/// The first images of the test split, or one black batch if none are asked for.
std::vector<std::uint8_t> load_images(const Flags& flags, const QuantizedNetwork& network,
                                      std::size_t batch) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.size();
  if (flags.images == 0) return std::vector<std::uint8_t>(size * batch);
  if (flags.images % batch != 0) {
    throw usage_error("--images", fmt::to_string(flags.images),
                      fmt::format("must be a multiple of the array's batch, {}", batch));
  }
  const EvaluationData data =
      open_for_evaluation(flags.data, dataset::Split::kTest, network.description);
  const auto indices = first_indices(data, flags.images);
  if (indices.size() < flags.images) {
    throw usage_error("--images", fmt::to_string(flags.images),
                      fmt::format("the test split has {}", indices.size()));
  }
  std::vector<std::uint8_t> images;
  images.reserve(size * indices.size());
  dataset::BatchLoader loader(*data.set, indices, data.transform, evaluation_loading());
  while (const auto loaded = loader.next())
    images.insert(images.end(), loaded->pixels.begin(), loaded->pixels.end());
  return images;
}

struct EngineRun {
  std::string engine;
  simulation::Simulation simulation;
};

/// Each asked-for engine's run; with both, they must agree in everything.
EngineRun run_engines(const Flags& flags, const QuantizedNetwork& network,
                      const ArrayConfig& config, std::span<const std::uint8_t> images) {
  const std::size_t threads = flags.threads > 0 ? flags.threads : available_threads();
  if (flags.engine == "fast")
    return {"fast", simulation::simulate_fast(network, config, images, threads)};
  const auto trace = flags.trace_options();
  EngineRun exact{"exact", trace ? simulation::trace_exact(network, config, images, *trace)
                                 : simulation::simulate_exact(network, config, images)};
  if (flags.engine == "exact") return exact;
  const simulation::Simulation fast = simulation::simulate_fast(network, config, images, threads);
  const std::string difference =
      simulation::first_count_difference(exact.simulation.result, fast.result);
  if (!difference.empty())
    throw failure(flags.input.string(), "exact and fast engine disagree: " + difference);
  return exact;
}

/// How many images gave the integer network's outputs, and where the first one did not.
struct ValueCheck {
  std::size_t images = 0;
  std::size_t equal = 0;
  std::string first_difference;
};

ValueCheck check_values(const QuantizedNetwork& network, const ArrayConfig& config,
                        std::span<const std::uint8_t> images, const EngineRun& run) {
  const auto& values = run.simulation.values;
  ValueCheck check{values.size(), values.size(), ""};
  if (run.engine == "fast") return check;  // they are the integer network's
  const auto expected = simulation::image_values(network, images, available_threads());
  check.equal = 0;
  for (std::size_t i = 0; i < values.size(); ++i) check.equal += values[i] == expected[i] ? 1 : 0;
  if (check.equal == check.images) return check;
  const auto difference = simulation::first_difference(network, config, images, values);
  check.first_difference = simulation::describe(*difference, network);
  return check;
}

void print_text(const Flags& flags, const EngineRun& run, const ValueCheck& check,
                std::span<const report::NamedSimulation> baselines) {
  const SimulationResult& result = run.simulation.result;
  fmt::print("{}", report::simulation_table(result));
  if (flags.tiles) fmt::print("\n{}", report::tile_table(result));
  if (flags.activity) fmt::print("\n{}", report::activity_table(result));
  if (!baselines.empty()) fmt::print("\n{}", report::comparison_table(baselines));
  fmt::print("\noutputs of all layers equal the integer network's for {} of {} images{}\n",
             check.equal, check.images,
             run.engine == "fast" ? " (whose values the fast engine uses)" : "");
}

void print_json(const Flags& flags, const EngineRun& run, const ValueCheck& check,
                std::span<const report::NamedSimulation> baselines) {
  auto json = report::to_json(run.simulation.result, flags.tiles);
  json["equal_images"] = check.equal;
  if (!baselines.empty()) {
    json["comparison"] = nlohmann::ordered_json::array();
    for (const auto& baseline : baselines) {
      auto one = report::to_json(baseline.result, false);
      one["setting"] = baseline.name;
      json["comparison"].push_back(std::move(one));
    }
  }
  fmt::print("{}\n", json.dump(2));
}

void run(const Flags& flags) {
  static_cast<void>(flags.trace_options());  // before any work
  const QuantizedNetwork network = load_packed_network(flags.input);
  const ArrayConfig config = load_array_config(flags.array);
  if (flags.csv) require_writable(*flags.csv, "--csv");
  const auto images = load_images(flags, network, config.batch);
  const EngineRun engine = run_engines(flags, network, config, images);
  const ValueCheck check = check_values(network, config, images, engine);
  std::vector<report::NamedSimulation> baselines;
  if (flags.baselines) baselines = baseline_runs(network, config, engine.simulation.result);
  if (flags.csv) {
    const std::string text = report::simulation_csv(engine.simulation.result, flags.tiles);
    write_file_atomically(*flags.csv, std::string_view(text));
  }
  if (flags.json) {
    print_json(flags, engine, check, baselines);
  } else {
    print_text(flags, engine, check, baselines);
  }
  if (!check.first_difference.empty()) {
    throw failure(flags.input.string(),
                  "the machine's outputs differ from the integer network's, first at " +
                      check.first_difference);
  }
}

}  // namespace

void add_simulate(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "simulate",
      "Run a packed network on a systolic array, clock by clock, and say where they go");
  command->add_option("input", flags->input, "Packed network")->required();
  command->add_option("--array", flags->array, "Array description, TOML (see configs/)")
      ->required();
  flags->data.add_to(*command);
  command
      ->add_option("--images", flags->images,
                   "Run the first images of the test split; 0: a black one, for the clocks alone")
      ->capture_default_str();
  command
      ->add_option(
          "--engine", flags->engine,
          "fast: clocks in closed form; exact: every cell at every clock; both: exact, and "
          "checked against fast")
      ->check(CLI::IsMember({"fast", "exact", "both"}))
      ->capture_default_str();
  command->add_flag(
      "--baselines", flags->baselines,
      "Compare with the same network without combining, dense, on bit-parallel cells, "
      "and cross-layer pipelined");
  command->add_flag("--tiles", flags->tiles, "Also print, or write, every tile");
  command->add_flag("--activity", flags->activity, "Also print bytes moved and MACs per layer");
  command->add_option("--threads", flags->threads, "Processor threads [all available]");
  command->add_flag("--json", flags->json, "Print JSON instead of tables");
  command->add_option("--csv", flags->csv,
                      "Write the layers (with --tiles the tiles) to this file");
  auto* tile = command->add_option("--trace-tile", flags->trace_tile,
                                   "Trace this tile of the first batch, numbered as by --tiles");
  command->add_option("--trace-clocks", flags->trace_clocks, "Trace these clocks: first and last")
      ->expected(2)
      ->excludes(tile);
  command->add_option(
      "--vcd", flags->vcd,
      "Exact engine: write the cells' registers as waveforms (GTKWave) to this file");
  command->add_flag("--vcd-edges", flags->vcd_edges,
                    "Only row 0 and the last column: all cells of a large array make large files");
  command->add_option("--address-trace", flags->address_trace,
                      "Exact engine: write every access (clock, store, operation, address) as CSV");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
