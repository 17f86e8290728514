#include "colcomb/tiling/compile.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/report/program_json.hpp"
#include "colcomb/report/program_listing.hpp"
#include "colcomb/stages/simulate.hpp"

namespace colcomb::cli {
namespace {

struct CompileFlags {
  std::filesystem::path input;
  std::string array = "32x32";
  std::filesystem::path out;
  bool json = false;
};

void run(const CompileFlags& flags) {
  const QuantizedNetwork network = load_packed_network(flags.input);
  const ArrayConfig array = describe_array(flags.array, stages::largest_alpha(network.description));
  if (array.cross_layer) {
    throw usage_error("--array", flags.array,
                      "must not set cross_layer: with it every layer has an array of its own, and "
                      "there is no program");
  }
  require_writable(flags.out, "--out");
  const TileProgram program = tiling::compile(network, array);
  save_tile_program(program, flags.out);
  const std::uint64_t bytes = std::filesystem::file_size(flags.out);
  if (flags.json) {
    nlohmann::ordered_json json = {{"program", flags.out.string()}, {"bytes", bytes}};
    json.update(report::program_sizes(program));
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}{}: {} bytes\n", report::program_summary(program), flags.out.string(), bytes);
}

}  // namespace

void add_compile(CLI::App& app) {
  auto flags = std::make_shared<CompileFlags>();
  CLI::App* command = app.add_subcommand(
      "compile", "Turn a packed network into the program that a systolic array executes");
  command->add_option("input", flags->input, "Packed network")->required();
  add_array_flag(*command, flags->array);
  command->add_option("--out", flags->out, "Tile program to write")->required();
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
