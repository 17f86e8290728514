#include "colcomb/stages/quantize.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/weights_flag.hpp"
#include "colcomb/report/quantization_report.hpp"

namespace colcomb::cli {
namespace {

using Json = nlohmann::ordered_json;

struct QuantizeFlags {
  std::filesystem::path input;
  std::filesystem::path out;
  stages::QuantizeOptions options;
  bool check = false;
  std::size_t check_images = 100;
  bool json = false;
};

/// What the command prints at its end, as text or JSON.
struct QuantizeResults {
  std::string text;
  Json json;
};

void add_routing(const NetworkDescription& network,
                 const std::vector<combining::LayerRouting>& routing, QuantizeResults& results) {
  Json layers = Json::array();
  for (std::size_t i = 0; i < routing.size(); ++i) {
    const combining::LayerRouting& layer = routing[i];
    results.text += fmt::format("  {:<16} {} of {} groups read neighbouring channels: {}\n",
                                network.layer(i).name, layer.contiguous_groups, layer.groups,
                                layer.needs_switchbox() ? "needs a switchbox" : "no switchbox");
    layers.push_back({{"name", network.layer(i).name},
                      {"contiguous_groups", layer.contiguous_groups},
                      {"groups", layer.groups},
                      {"switchbox", layer.needs_switchbox()}});
  }
  results.json["routing"] = layers;
}

void run(const QuantizeFlags& flags) {
  const Checkpoint checkpoint = load_checkpoint(flags.input);
  require_writable(flags.out, "--out");
  stages::QuantizeOptions options = flags.options;
  if (flags.check) options.check_images = flags.check_images;
  const stages::Quantized quantized =
      stages::quantize(checkpoint.network, options, "quantized from " + flags.input.string());
  const QuantizedNetwork& network = quantized.network;
  QuantizeResults results;
  results.json = {{"out", flags.out.string()},
                  {"layers", network.layer_count()},
                  {"weights", name_of(options.weights)},
                  {"weight_scales", name_of(options.scales)},
                  {"pooling_fraction_bits", network.pooling.fraction_bits}};
  if (options.permute_rows) add_routing(network.description, quantized.routing, results);
  if (quantized.check) {
    results.text += report::quantization_table(*quantized.check);
    results.json["check"] = report::to_json(*quantized.check);
  }
  save_packed_network(network, flags.out);
  results.text += fmt::format("{}: {} layers, {} weights, {} fraction bits in the pooling\n",
                              flags.out.string(), network.layer_count(), name_of(options.weights),
                              network.pooling.fraction_bits);
  fmt::print("{}", flags.json ? results.json.dump(2) + '\n' : results.text);
}

}  // namespace

void add_quantize(CLI::App& app) {
  auto flags = std::make_shared<QuantizeFlags>();
  CLI::App* command = app.add_subcommand(
      "quantize", "Turn a checkpoint into integers: fold batch norm, round, pack");
  command->add_option("input", flags->input, "Checkpoint")->required();
  command->add_option("--out", flags->out, "Packed network to write")->required();
  command
      ->add_option(
          "--pooling-fraction-bits", flags->options.pooling_fraction_bits,
          "Fraction bits of the global average pooling, 0 to 8 [chosen on training images, "
          "of which the packed network then carries some as samples]")
      ->check(CLI::Range(0, 8));
  add_weights_flag(*command, flags->options.weights, "");
  add_weight_scales_flag(*command, flags->options.scales, "");
  command->add_flag("--permute-rows", flags->options.permute_rows,
                    "Reorder filters so that the next layer's groups read neighbouring channels");
  CLI::Option* const check = command->add_flag(
      "--check", flags->check,
      "Compare float, fake-quantized and integer network layer by layer on training images, and "
      "say which layer's quantization costs the most");
  command->add_option("--check-images", flags->check_images, "Training images of --check")
      ->needs(check)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  add_data_flags(*command, flags->options.data);
  command
      ->add_option("--calibration-images", flags->options.calibration_images,
                   "Training images on which the pooling is calibrated")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--calibration-folder", flags->options.calibration_folder,
                      "Folder of pictures, without labels, to calibrate on in place of the data "
                      "set's; grey for networks of one channel");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
