#include "colcomb/stages/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/simulation_json.hpp"
#include "colcomb/report/simulation_table.hpp"
#include "colcomb/report/timeline_json.hpp"
#include "colcomb/tiling/compile.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct SimulateFlags {
  fs::path input;
  fs::path network;
  std::string array = "32x32";
  dataset::DataSource data;
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
  fs::path timeline;
  bool ideal = false;

  /// What to trace, if anything. Errors: UserError where flags do not fit together.
  [[nodiscard]] std::optional<simulation::TraceOptions> trace_options() const;
};

std::optional<simulation::TraceOptions> SimulateFlags::trace_options() const {
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

/// Raw images for the machine: of the data set that --dataset names, else the packed network's own
/// samples where they are enough, else of the data set it was trained on; one black batch for 0.
std::vector<std::uint8_t> load_images(const SimulateFlags& flags, const QuantizedNetwork& network,
                                      std::size_t batch) {
  const std::size_t size = network.description.input.size();
  if (flags.images == 0) return std::vector<std::uint8_t>(size * batch);
  const std::string asked = fmt::to_string(flags.images);
  if (flags.images % batch != 0) {
    throw usage_error("--images", asked,
                      fmt::format("must be a multiple of the array's batch, {}", batch));
  }
  if (flags.data.name.empty() && network.samples.labels.size() >= flags.images) {
    const auto& pixels = network.samples.pixels;
    return {pixels.begin(), pixels.begin() + static_cast<std::ptrdiff_t>(flags.images * size)};
  }
  const evaluation::EvaluationData data =
      evaluation::open_for_evaluation(flags.data, dataset::Split::kTest, network.description);
  const auto indices = evaluation::first_indices(data, flags.images);
  if (indices.size() < flags.images) {
    throw usage_error("--images", asked, fmt::format("the test split has {}", indices.size()));
  }
  return evaluation::read_images(data, indices).pixels;
}

/// What a program says of the images it reads.
NetworkDescription images_of(const TileProgram& program) {
  NetworkDescription network;
  network.input.channels = program.channels;
  network.input.height = program.height;
  network.input.width = program.width;
  network.input.reshape_stride = program.reshape_stride;
  network.classes = program.layers.back().filters;
  return network;
}

void print_text(const SimulateFlags& flags, const stages::SimulationRun& run) {
  const SimulationResult& result = run.simulation.result;
  fmt::print("{}", report::simulation_table(result));
  if (flags.tiles) fmt::print("\n{}", report::tile_table(result));
  if (flags.activity) fmt::print("\n{}", report::activity_table(result));
  if (!run.baselines.empty()) fmt::print("\n{}", report::comparison_table(run.baselines));
  if (!run.equal_images) return;
  fmt::print("\noutputs of all layers equal the integer network's for {} of {} images\n",
             *run.equal_images, run.images);
}

void print_json(const SimulateFlags& flags, const stages::SimulationRun& run) {
  auto json = report::to_json(run.simulation.result, flags.tiles);
  json["equal_images"] = nullptr;
  if (run.equal_images) json["equal_images"] = *run.equal_images;
  if (!run.baselines.empty()) json["comparison"] = report::to_json(run.baselines);
  fmt::print("{}\n", json.dump(2));
}

void print(const SimulateFlags& flags, const stages::SimulationRun& run) {
  if (flags.csv) {
    const std::string text = report::simulation_csv(run.simulation.result, flags.tiles);
    write_file_atomically(*flags.csv, std::string_view(text));
  }
  if (flags.json) {
    print_json(flags, run);
  } else {
    print_text(flags, run);
  }
  if (!run.first_difference.empty()) {
    throw failure(flags.input.string(),
                  "the machine's outputs differ from the integer network's, first at " +
                      run.first_difference);
  }
}

void run_program(const SimulateFlags& flags, const stages::SimulateOptions& options) {
  if (flags.ideal)
    throw usage_error("--ideal", flags.input.string(), "takes a packed network, not a program");
  const TileProgram program = load_tile_program(flags.input);
  std::optional<QuantizedNetwork> network;
  QuantizedNetwork images;
  images.description = images_of(program);
  if (!flags.network.empty()) {
    network = load_packed_network(flags.network);
    if (tiling::compile(*network, program.array) != program) {
      throw usage_error("--network", flags.network.string(),
                        "is not the packed network that the program was compiled from");
    }
    images = *network;
  }
  print(flags, stages::simulate_program(program, network ? &*network : nullptr,
                                        load_images(flags, images, program.array.batch), options));
}

void run_network(const SimulateFlags& flags, const stages::SimulateOptions& options) {
  if (!flags.network.empty()) {
    throw usage_error("--network", flags.network.string(),
                      "goes with a program; the input is a packed network itself");
  }
  const QuantizedNetwork network = load_packed_network(flags.input);
  ArrayConfig config = describe_array(flags.array, stages::largest_alpha(network.description));
  if (flags.ideal) config.bank_ports = std::max(config.alpha, config.rows);
  const auto images = load_images(flags, network, config.batch);
  const stages::SimulationRun run = stages::simulate(network, config, images, options);
  if (run.timeline) write_file_atomically(flags.timeline, report::timeline_json(*run.timeline));
  print(flags, run);
}

void run(const SimulateFlags& flags, bool array_given) {
  stages::SimulateOptions options;
  options.trace = flags.trace_options();  // before any work
  const std::map<std::string, stages::Engine> engines{{"fast", stages::Engine::kFast},
                                                      {"exact", stages::Engine::kExact},
                                                      {"both", stages::Engine::kBoth}};
  options.engine = engines.at(flags.engine);
  options.threads = flags.threads;
  options.baselines = flags.baselines;
  options.timeline = !flags.timeline.empty();
  if (flags.csv) require_writable(*flags.csv, "--csv");
  if (!flags.timeline.empty()) require_writable(flags.timeline, "--timeline");
  if (kind_of_file(flags.input) != FileKind::kTileProgram) return run_network(flags, options);
  if (array_given) {
    throw usage_error("--array", flags.array,
                      "goes with a packed network; a program is compiled for its array");
  }
  run_program(flags, options);
}

}  // namespace

void add_simulate(CLI::App& app) {
  auto flags = std::make_shared<SimulateFlags>();
  CLI::App* command = app.add_subcommand(
      "simulate",
      "Run a packed network or a tile program on a systolic array, clock by clock, and say where "
      "they go");
  command->add_option("input", flags->input, "Packed network or tile program")->required();
  command->add_option(
      "--network", flags->network,
      "With a program: the packed network that it was compiled from, for its samples "
      "and to compare all outputs with");
  add_array_flag(*command, flags->array);
  add_data_flags(*command, flags->data);
  command
      ->add_option(
          "--images", flags->images,
          "Run so many images: with --dataset the first of its test split, else the packed "
          "network's samples or, if they are too few, of the data set it was trained on; 0: "
          "a black one, for the clocks alone")
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
  command->add_option("--timeline", flags->timeline,
                      "Write tiles, weight loads, transfers and waits of all images on a time axis "
                      "to this file: trace-event JSON, which Perfetto opens");
  command->add_flag("--ideal", flags->ideal,
                    "Memory banks with as many ports as could be used in a clock: what the ports "
                    "cost is the difference");
  command->callback([flags, command] { run(*flags, command->count("--array") > 0); });
}

}  // namespace colcomb::cli
