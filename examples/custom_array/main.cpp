// An array of one's own: reads its description, compiles a packed network for it, runs the program
// clock by clock, and compares with the default array: custom_array NETWORK ARRAY.toml PROGRAM
#include <cstdio>

#include "colcomb/base/error.hpp"
#include "colcomb/stages/simulate.hpp"
#include "colcomb/tiling/compile.hpp"

using namespace colcomb;

int main(int argc, char** argv) try {
  if (argc != 4) return std::fputs("usage: custom_array NETWORK ARRAY.toml PROGRAM\n", stderr), 2;
  const QuantizedNetwork network = load_packed_network(argv[1]);
  const ArrayConfig own = load_array_config(argv[2]);

  // All that the machine needs, in one file, which `colcomb simulate` and `colcomb rtl` read too.
  const TileProgram program = tiling::compile(network, own);
  save_tile_program(program, argv[3]);
  std::printf("%s: %zu tiles\n", own.name.c_str(), program.tiles.size());

  const auto run = [&](const ArrayConfig& array) {
    stages::SimulateOptions options;
    options.engine = stages::Engine::kBoth;  // every cell at every clock, and the closed form
    const auto images = network.samples.pixels;
    const stages::SimulationRun machine = stages::simulate(network, array, images, options);
    const SimulationResult& result = machine.simulation.result;
    std::printf(
        "%zu x %zu, alpha %zu: latency %ju clocks, an image every %ju, %zu of %zu images equal\n",
        array.rows, array.columns, array.alpha, std::uintmax_t{result.latency},
        std::uintmax_t{result.interval}, *machine.equal_images, machine.images);
  };
  run(own);
  run(describe_array("32x32", stages::largest_alpha(network.description)));
} catch (const UserError& error) {
  return std::fprintf(stderr, "custom_array: %s\n", error.what()), 1;
}
