#include "colcomb/quantization/quantize.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/calibration.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/weights_flag.hpp"
#include "colcomb/combining/permutation.hpp"
#include "colcomb/quantization/check.hpp"
#include "colcomb/report/quantization_report.hpp"
#include "colcomb/semantics/integer_run.hpp"

namespace colcomb::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Flags {
  std::filesystem::path input;
  std::filesystem::path out;
  std::optional<std::uint32_t> pool_bits;
  bool permute_rows = false;
  WeightCode weights = WeightCode::kInt8;
  bool check = false;
  std::size_t check_images = 100;
  bool json = false;
  CalibrationFlags calibration;
};

/// What the command prints at its end, as text or JSON.
struct Results {
  std::string text;
  Json json;
};

void add_routing(const NetworkDescription& network,
                 const std::vector<combining::LayerRouting>& routing, Results& results) {
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

/// Permuting rows must change no logit. Errors: UserError naming the first image where it does.
void require_same_logits(const QuantizedNetwork& network, const QuantizedNetwork& permuted,
                         const std::vector<std::uint8_t>& images) {
  const auto before = semantics::run_many(network, images, available_threads());
  const auto after = semantics::run_many(permuted, images, available_threads());
  for (std::size_t b = 0; b < before.rows(); ++b) {
    for (std::size_t n = 0; n < before.cols(); ++n) {
      if (before(b, n) == after(b, n)) continue;
      throw failure("quantization check",
                    fmt::format("permuting rows changes the logit of image {}, class {} from {} to "
                                "{}",
                                b, n, before(b, n), after(b, n)));
    }
  }
}

void run(const Flags& flags) {
  const Checkpoint checkpoint = load_checkpoint(flags.input);
  require_writable(flags.out, "--out");
  quantization::QuantizeOptions options;
  options.weights = flags.weights;
  options.pool_bits =
      flags.pool_bits ? *flags.pool_bits
                      : calibrate_pool_bits(checkpoint.network, flags.calibration, flags.weights);
  const QuantizedNetwork plain = quantization::quantize(checkpoint.network, options);
  QuantizedNetwork network = plain;
  Results results;
  results.json = {{"out", flags.out.string()},
                  {"layers", network.layer_count()},
                  {"weights", name_of(options.weights)},
                  {"pool_bits", options.pool_bits}};
  if (flags.permute_rows) {
    auto permuted = combining::permute_rows(plain);
    network = std::move(permuted.network);
    add_routing(network.description, permuted.routing, results);
  }
  if (flags.check) {
    const std::vector<std::uint8_t> images =
        calibration_images(plain.description, flags.calibration.data, flags.check_images);
    const QuantizationCheck check = quantization::check_quantization(
        checkpoint.network, plain, options, images, available_threads());
    if (flags.permute_rows) require_same_logits(plain, network, images);
    results.text += report::quantization_table(check);
    results.json["check"] = report::to_json(check);
  }
  save_packed_network(network, flags.out);
  results.text +=
      fmt::format("{}: {} layers, {} weights, pooling with {} extra bits\n", flags.out.string(),
                  network.layer_count(), name_of(options.weights), options.pool_bits);
  fmt::print("{}", flags.json ? results.json.dump(2) + '\n' : results.text);
}

}  // namespace

void add_quantize(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "quantize", "Turn a checkpoint into integers: fold batch norm, round, pack");
  command->add_option("input", flags->input, "Checkpoint")->required();
  command->add_option("--out", flags->out, "Packed network to write")->required();
  command
      ->add_option("--pool-bits", flags->pool_bits,
                   "Extra bits of the global average pooling, 0 to 8 [chosen on training images]")
      ->check(CLI::Range(0, 8));
  add_weights_flag(*command, flags->weights, "");
  command->add_flag("--permute-rows", flags->permute_rows,
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
  flags->calibration.add_to(*command);
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
