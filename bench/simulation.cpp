// Speed of the simulator: cells per second of the bit-sliced array beside the plain one, images per
// second of the exact engine beside the fast one.
//
//   bench_simulation
//
// Times are processor time of one core.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/serial_array.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/compile.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/random_stimulus.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb {
namespace {

/// Processor seconds of the fastest of several runs.
double time_of(const std::function<void()>& run) {
  double fastest = 1e300;
  for (int i = 0; i < 5; ++i) {
    const std::clock_t start = std::clock();
    run();
    fastest = std::min(fastest, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return fastest;
}

/// Words in every interval, no loading: what an array does most of the time.
std::vector<simulation::SerialEdge> busy_edges(const simulation::ArrayShape& shape) {
  tests::RandomStimulus stimulus(shape, 1);
  std::vector<simulation::SerialEdge> edges;
  for (std::size_t clock = 0; clock < 32 * shape.interval; ++clock) {
    edges.push_back(stimulus.next());
    edges.back().start.clear();
    edges.back().swap.clear();
    edges.back().load_valid.clear();
    for (std::size_t column = 0; column < shape.columns; ++column) {
      if ((clock + column) % shape.interval == 0) edges.back().start.set(column);
    }
  }
  return edges;
}

double cells_per_second(simulation::SerialArray& array, const simulation::ArrayShape& shape,
                        std::size_t clocks) {
  const auto edges = busy_edges(shape);
  const double seconds = time_of([&] {
    for (std::size_t clock = 0; clock < clocks; ++clock) array.step(edges[clock % edges.size()]);
  });
  return static_cast<double>(clocks * shape.rows * shape.columns) / seconds;
}

void bench_arrays() {
  fmt::print("{:<28}{:>16}{:>16}{:>10}\n", "array", "plain cells/s", "sliced cells/s", "speed-up");
  const auto row = [](std::size_t side, CellKind cell, std::size_t alpha) {
    ArrayConfig config;
    config.rows = config.columns = side;
    config.cell = cell;
    config.alpha = alpha;
    const simulation::ArrayShape shape = simulation::array_shape(config);
    const std::size_t clocks = (std::size_t{1} << 20U) / (side * side) + 1;
    const double plain = cells_per_second(*simulation::make_plain_array(shape), shape, clocks);
    const double sliced =
        cells_per_second(*simulation::make_sliced_array(shape), shape, 100 * clocks);
    fmt::print("{:<28}{:>16.3g}{:>16.3g}{:>9.0f}x\n",
               fmt::format("{} x {} {} alpha {}", side, side, name_of(cell), alpha), plain, sliced,
               sliced / plain);
  };
  row(32, CellKind::kMultiplexed, 8);
  row(64, CellKind::kMultiplexed, 8);
  row(128, CellKind::kMultiplexed, 8);
  row(32, CellKind::kMultiplexed, 16);
  row(32, CellKind::kInterleaved, 1);
  row(32, CellKind::kBalanced, 1);
}

void bench_engines() {
  const QuantizedNetwork network = tests::dense_network(16, 16, 64, 64, 10);
  const InputDescription& input = network.description.input;
  const std::vector<std::uint8_t> image(input.channels * input.height * input.width, 100);
  ArrayConfig config;
  config.weight_bytes = 1U << 20U;
  constexpr std::size_t kImages = 8;
  std::vector<std::uint8_t> images;
  for (std::size_t i = 0; i < kImages; ++i) images.insert(images.end(), image.begin(), image.end());
  std::uint64_t clocks = 0;
  const double fast = time_of([&] {
    const auto simulation = simulation::simulate_fast(network, config, images, 1);
    clocks = simulation.result.total.cycles.total();
  });
  const double exact =
      time_of([&] { static_cast<void>(simulation::simulate_exact(network, config, images)); });
  fmt::print("\n{:<28}{:>16}{:>16}\n", "engine", "images/s", "clocks/s");
  fmt::print("{:<28}{:>16.3g}{:>16.3g}\n", "fast", kImages / fast,
             static_cast<double>(clocks) / fast);
  fmt::print("{:<28}{:>16.3g}{:>16.3g}   ({:.3g} cell-clocks/s)\n", "exact", kImages / exact,
             static_cast<double>(clocks) / exact,
             static_cast<double>(clocks * config.rows * config.columns) / exact);
}

/// Clocks and counts alone, as exploration asks for them, beside the same with the values of one
/// image.
void bench_counts() {
  tests::BlockNetwork blocks{{128, 256, 512}, {6, 6, 6}, {1, 2, 2}, {1, 4, 8}, 3, 32, 10};
  const QuantizedNetwork network = tests::filled_block_network(blocks, 1);
  const std::vector<std::uint8_t> image(network.description.input.size(), 100);
  const ArrayConfig config;
  const TileProgram program = tiling::compile(network, config);
  const double schedule =
      time_of([&] { static_cast<void>(tiling::make_schedule(network, config)); });
  const double count = time_of([&] { static_cast<void>(simulation::count_program(program, 1)); });
  const double values =
      time_of([&] { static_cast<void>(simulation::simulate_fast(network, config, image, 1)); });
  fmt::print("\n{:<44}{:>12}\n", "128-256-512, 18 layers, 32 x 32", "ms");
  fmt::print("{:<44}{:>12.2f}\n", "tiles, layout and schedule of the network", 1e3 * schedule);
  fmt::print("{:<44}{:>12.2f}\n", "clocks and counts of a compiled program", 1e3 * count);
  fmt::print("{:<44}{:>12.2f}   ({:.0f}x)\n", "both, with the values of an image", 1e3 * values,
             values / (schedule + count));
}

}  // namespace
}  // namespace colcomb

int main() {
  colcomb::bench_arrays();
  colcomb::bench_engines();
  colcomb::bench_counts();
}
