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

namespace colcomb::cli {
namespace {

struct Flags {
  std::filesystem::path input;
  std::filesystem::path out;
  std::optional<std::uint32_t> pool_bits;
  CalibrationFlags calibration;
};

void run(const Flags& flags) {
  const Checkpoint checkpoint = load_checkpoint(flags.input);
  require_writable(flags.out, "--out");
  const std::uint32_t pool_bits = flags.pool_bits
                                      ? *flags.pool_bits
                                      : calibrate_pool_bits(checkpoint.network, flags.calibration);
  const QuantizedNetwork network = quantization::quantize(checkpoint.network, {pool_bits});
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
  flags->calibration.add_to(*command);
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
