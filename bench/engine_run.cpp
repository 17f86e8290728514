// The engine's time for one batch, in seconds, for bench/python_run.py, which times the same runs
// from Python beside it.
//
//   bench_engine_run FILE              writes a packed network there
//   bench_engine_run FILE BATCH RUNS   prints the time of the fastest of so many runs, one thread

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/inference/engine.hpp"
#include "tests/support/block_network.hpp"

namespace colcomb {
namespace {

double fastest_run(const char* file, std::size_t batch, std::size_t runs) {
  inference::Engine engine(file, {1, ""});
  std::vector<std::uint8_t> images(batch * engine.image_size(), 100);
  std::vector<std::int32_t> logits(batch * engine.classes());
  double fastest = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < runs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    engine.run(images, logits);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    fastest = std::min(fastest, spent.count());
  }
  return fastest;
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  if (argc == 2) {
    colcomb::save_packed_network(
        colcomb::tests::filled_block_network(
            {{32, 64, 128}, {2, 2, 2}, {1, 2, 2}, {1, 4, 8}, 1, 32, 10}, 1),
        argv[1]);
  } else if (argc == 4) {
    fmt::print("{:.9f}\n", colcomb::fastest_run(argv[1], std::strtoul(argv[2], nullptr, 10),
                                                std::strtoul(argv[3], nullptr, 10)));
  } else {
    fmt::print(stderr, "usage: bench_engine_run FILE [BATCH RUNS]\n");
    return 2;
  }
}
