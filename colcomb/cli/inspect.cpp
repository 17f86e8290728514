#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/npy.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/inspect_model.hpp"
#include "colcomb/combining/analysis.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/program_json.hpp"
#include "colcomb/report/program_listing.hpp"

namespace colcomb::cli {
namespace {

struct InspectFlags {
  std::filesystem::path input;
  std::string array = "32x32";
  std::optional<std::size_t> tile;
  bool json = false;
  ModelInspection model;
};

std::string input_line(const NetworkDescription& network) {
  const InputDescription& input = network.input;
  return fmt::format("input {} x {} x {} (reshape stride {}), {} layers, {} classes",
                     input.channels, input.height, input.width, input.reshape_stride,
                     network.layer_count(), network.classes);
}

std::string origin_of(const Checkpoint& checkpoint) {
  const TrainingState& training = checkpoint.training;
  if (training.epochs_done > 0) {
    return fmt::format(" after {} epochs and {} prunings", training.epochs_done,
                       training.prunings_done);
  }
  return checkpoint.origin.empty() ? "" : " " + checkpoint.origin;
}

void inspect_checkpoint(const InspectFlags& flags) {
  const Checkpoint checkpoint = load_checkpoint(flags.input);
  const ArrayConfig array = describe_array(flags.array, 1);
  const CombiningReport report =
      combining::report_network(checkpoint.network, array.rows, array.columns);
  const TrainingState& training = checkpoint.training;
  if (flags.json) {
    nlohmann::ordered_json json = {{"kind", "checkpoint"},
                                   {"epochs", training.epochs_done},
                                   {"prunings", training.prunings_done},
                                   {"identity", report::to_json(training.identity)},
                                   {"combining", report::to_json(report)}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("checkpoint{}; {}\n", origin_of(checkpoint),
             input_line(checkpoint.network.description));
  if (!training.history.empty()) {
    fmt::print("test top-1 {:.2f}% after the last epoch\n",
               100 * training.history.back().test_top1);
  }
  fmt::print("{}", report::combining_table(report));
}

/// "7", or "7 to 12" of a layer whose rows have exponents.
std::string fraction_bits_of(const QuantizedLayer& layer) {
  if (layer.row_exponents.empty()) return fmt::to_string(layer.fraction_bits);
  const auto [least, most] = std::ranges::minmax(layer.row_exponents);
  return fmt::format("{} to {}", layer.fraction_bits + least, layer.fraction_bits + most);
}

void inspect_packed(const InspectFlags& flags) {
  const QuantizedNetwork network = load_packed_network(flags.input);
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  std::string text =
      fmt::format("packed network {}; {}, {} fraction bits in the pooling, {} sample images\n",
                  network.origin, input_line(network.description), network.pooling.fraction_bits,
                  network.samples.labels.size());
  const ArrayConfig array = describe_array(flags.array, 1);
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = network.description.layer(i);
    const QuantizedLayer& layer = network.layer(i);
    const std::size_t nonzeros = count_nonzeros(layer.weights.values);
    const std::size_t groups = layer.weights.groups.size();
    const bool reads_before = !description.source && description.more_inputs.empty();
    const std::size_t tiles =
        combining::count_tiles(layer.weights.rows(), layer.weights.groups,
                               combining::further_maps(description), array.rows, array.columns);
    text += fmt::format(
        "  {:<16} {:<11} {:>4} x {:<5} packed {:>4} x {:<4} alpha {:<2} nonzeros {:<7} {} f {:<2} "
        "stride {} tiles {}{}{}\n",
        description.name, kind_name(network.description, i), description.out_channels,
        description.columns.size(), layer.weights.rows(), groups, description.alpha, nonzeros,
        name_of(layer.weight_code), fraction_bits_of(layer), description.stride, tiles,
        reads_before ? "" : " reads " + describe_inputs(network.description, i),
        description.activation ? ", then " + description.activation->name : "");
    layers.push_back({{"name", description.name},
                      {"kind", kind_name(network.description, i)},
                      {"rows", description.out_channels},
                      {"columns", description.columns.size()},
                      {"groups", groups},
                      {"alpha", description.alpha},
                      {"nonzeros", nonzeros},
                      {"weight_code", name_of(layer.weight_code)},
                      {"fraction_bits", layer.fraction_bits},
                      {"row_exponents", layer.row_exponents},
                      {"stride", description.stride},
                      {"tiles", tiles},
                      {"inputs", describe_inputs(network.description, i)},
                      {"activation", description.activation
                                         ? nlohmann::ordered_json(description.activation->name)
                                         : nlohmann::ordered_json(nullptr)}});
  }
  if (flags.json) {
    text = nlohmann::ordered_json{{"kind", "packed network"},
                                  {"origin", network.origin},
                                  {"dataset", network.description.data.name},
                                  {"pooling_fraction_bits", network.pooling.fraction_bits},
                                  {"sample_images", network.samples.labels.size()},
                                  {"layers", layers}}
               .dump(2) +
           '\n';
  }
  fmt::print("{}", text);
}

void inspect_program(const InspectFlags& flags) {
  const TileProgram program = load_tile_program(flags.input);
  if (flags.tile && *flags.tile >= program.tiles.size()) {
    throw usage_error("--tile", fmt::to_string(*flags.tile),
                      fmt::format("must be below the program's {} tiles", program.tiles.size()));
  }
  if (flags.json) {
    const auto json =
        flags.tile ? report::tile_json(program, *flags.tile) : report::to_json(program);
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}", flags.tile ? report::tile_listing(program, *flags.tile)
                              : report::program_listing(program));
}

void inspect_matrix(const InspectFlags& flags) {
  const Matrix<float> matrix = load_npy(flags.input);
  const std::size_t nonzeros = count_nonzeros(matrix);
  if (flags.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"kind", "matrix"},
                                              {"rows", matrix.rows()},
                                              {"columns", matrix.cols()},
                                              {"nonzeros", nonzeros}}
                           .dump(2));
    return;
  }
  fmt::print("matrix {} x {}, {} nonzeros ({:.1f}%)\n", matrix.rows(), matrix.cols(), nonzeros,
             matrix.empty()
                 ? 0.0
                 : 100.0 * static_cast<double>(nonzeros) / static_cast<double>(matrix.size()));
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App* command = app.add_subcommand("inspect", "Say what a file holds, layer by layer");
  CLI::Option* const input = command->add_option(
      "input", flags->input, "Checkpoint, packed network, tile program or .npy matrix");
  flags->model.add_to(*command)->excludes(input);
  add_array_flag(*command, flags->array);
  command
      ->add_option("--tile", flags->tile,
                   "Of a tile program: all registers, descriptors and transfers of this tile")
      ->needs(input);
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] {
    if (!flags->model.model.name.empty()) return flags->model.print(flags->json);
    if (flags->input.empty())
      throw usage_error("inspect", "", "needs a file, or a network's name with --model");
    const bool matrix = flags->input.extension() == ".npy";
    if (!matrix && kind_of_file(flags->input) == FileKind::kTileProgram)
      return inspect_program(*flags);
    if (flags->tile)
      throw usage_error("--tile", fmt::to_string(*flags->tile), "is for a tile program");
    if (matrix) return inspect_matrix(*flags);
    if (kind_of_file(flags->input) == FileKind::kPackedNetwork) return inspect_packed(*flags);
    inspect_checkpoint(*flags);
  });
}

}  // namespace colcomb::cli
