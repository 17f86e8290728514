#include "colcomb/quantization/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/calibration.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/combining/permutation.hpp"

namespace colcomb::cli {
namespace {

struct Flags {
  std::filesystem::path input;
  std::filesystem::path out;
  std::optional<std::uint32_t> pool_bits;
  bool permute_rows = false;
  CalibrationFlags calibration;
};

void print_routing(const NetworkDescription& network,
                   const std::vector<combining::LayerRouting>& routing) {
  for (std::size_t i = 0; i < routing.size(); ++i) {
    fmt::print("  {:<16} {} of {} groups read neighbouring channels: {}\n", network.layers[i].name,
               routing[i].contiguous_groups, routing[i].groups,
               routing[i].needs_switchbox() ? "needs a switchbox" : "no switchbox");
  }
}

void run(const Flags& flags) {
  const Checkpoint checkpoint = load_checkpoint(flags.input);
  require_writable(flags.out, "--out");
  const std::uint32_t pool_bits = flags.pool_bits
                                      ? *flags.pool_bits
                                      : calibrate_pool_bits(checkpoint.network, flags.calibration);
  QuantizedNetwork network = quantization::quantize(checkpoint.network, {pool_bits});
  if (flags.permute_rows) {
    auto permuted = combining::permute_rows(network);
    network = std::move(permuted.network);
    print_routing(network.description, permuted.routing);
  }
  save_packed_network(network, flags.out);
  fmt::print("{}: {} layers, pooling with {} extra bits\n", flags.out.string(),
             network.layers.size(), pool_bits);
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
  command->add_flag("--permute-rows", flags->permute_rows,
                    "Reorder filters so that the next layer's groups read neighbouring channels");
  flags->calibration.add_to(*command);
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
