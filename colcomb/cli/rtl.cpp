#include "colcomb/stages/rtl.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/stages/simulate.hpp"
#include "colcomb/tiling/compile.hpp"

namespace colcomb::cli {
namespace {

struct RtlFlags {
  std::filesystem::path input;
  std::string array = "32x32";
  stages::RtlOptions options;
  std::size_t images = 0;
  std::uint64_t seed = 1;
  bool json = false;
};

/// Pixels drawn at random: the machine's clocks do not depend on them.
std::vector<std::uint8_t> random_images(std::size_t bytes, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> pixels(bytes);
  for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(random.below(256));
  return pixels;
}

/// `bytes` of whole images: the network's samples, again from the first where they are fewer.
std::vector<std::uint8_t> sample_images(const std::vector<std::uint8_t>& samples,
                                        std::size_t bytes) {
  std::vector<std::uint8_t> pixels(bytes);
  for (std::size_t i = 0; i < bytes; ++i) pixels[i] = samples[i % samples.size()];
  return pixels;
}

/// An array for each layer: there is no tile program.
void run_pipeline(const RtlFlags& flags, const QuantizedNetwork& network,
                  const ArrayConfig& array) {
  const std::size_t images = flags.images == 0 ? 1 : flags.images;
  const std::size_t bytes = images * network.description.input.size();
  const std::vector<std::uint8_t>& samples = network.samples.pixels;
  const auto pixels =
      samples.empty() ? random_images(bytes, flags.seed) : sample_images(samples, bytes);
  stages::RtlOptions options = flags.options;
  options.name = flags.input.filename().string();
  const stages::PipelineRtlFolder folder =
      stages::write_pipeline_rtl(network, array, pixels, options);
  if (flags.json) {
    const nlohmann::ordered_json json = {{"folder", options.out.string()},
                                         {"files", folder.files},
                                         {"logits", folder.logits},
                                         {"configuration_clocks", folder.configuration},
                                         {"last_clock", folder.last}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print(
      "{}: {} files; its test bench runs {} {} image{} and expects {} logits, the last in clock {} "
      "behind {} that load the arrays\n{} simulates it, README.md says the rest\n",
      options.out.string(), folder.files, images, samples.empty() ? "random" : "sample",
      images == 1 ? "" : "s", folder.logits, folder.last, folder.configuration,
      (options.out / "run_verilator.sh").string());
}

void run(const RtlFlags& flags, bool array_given) {
  TileProgram program;
  std::vector<std::uint8_t> samples;
  if (kind_of_file(flags.input) == FileKind::kTileProgram) {
    if (array_given) {
      throw usage_error("--array", flags.array,
                        "goes with a packed network; a program is compiled for its array");
    }
    program = load_tile_program(flags.input);
  } else {
    const QuantizedNetwork network = load_packed_network(flags.input);
    const ArrayConfig array =
        describe_array(flags.array, stages::largest_alpha(network.description));
    if (array.cross_layer) return run_pipeline(flags, network, array);
    program = tiling::compile(network, array);
    samples = network.samples.pixels;
  }
  const std::size_t batch = program.array.batch;
  const std::size_t images = flags.images == 0 ? batch : flags.images;
  if (images % batch != 0)
    throw usage_error("--images", fmt::to_string(images),
                      fmt::format("must be a multiple of the batch, {}", batch));
  const std::size_t bytes = images * std::size_t{program.channels} * program.height * program.width;
  const auto pixels =
      samples.empty() ? random_images(bytes, flags.seed) : sample_images(samples, bytes);
  stages::RtlOptions options = flags.options;
  options.name = flags.input.filename().string();
  const stages::RtlFolder folder = stages::write_rtl(program, pixels, options);
  if (flags.json) {
    const nlohmann::ordered_json json = {{"folder", options.out.string()},
                                         {"files", folder.files},
                                         {"batches", folder.batches},
                                         {"dram_words", folder.words},
                                         {"last_clock", folder.last}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print(
      "{}: {} files; its test bench runs {} {} images and expects {} words in DRAM, the last in "
      "clock {}\n{} simulates it, README.md says the rest\n",
      options.out.string(), folder.files, images, samples.empty() ? "random" : "sample",
      folder.words, folder.last, (options.out / "run_verilator.sh").string());
}

}  // namespace

void add_rtl(CLI::App& app) {
  auto flags = std::make_shared<RtlFlags>();
  CLI::App* command = app.add_subcommand(
      "rtl",
      "Write the machine for a packed network or a tile program in SystemVerilog, layer after "
      "layer or, with an array of schedule.cross_layer, a pipeline with an array for each layer; "
      "with a test bench that checks itself and scripts for Icarus, Verilator, Yosys, nextpnr and "
      "OpenSTA");
  command->add_option("input", flags->input, "Packed network or tile program")->required();
  add_array_flag(*command, flags->array);
  command->add_option("--out", flags->options.out, "Folder to write")->required();
  command->add_option("--images", flags->images,
                      "Images that the test bench runs: the packed network's samples, or random "
                      "ones [one batch; a pipeline: one]");
  command->add_option("--seed", flags->seed, "Seed of random images")->capture_default_str();
  command->add_flag("--force", flags->options.force, "Write into a folder that holds other files");
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags, command] { run(*flags, command->count("--array") > 0); });
}

}  // namespace colcomb::cli
