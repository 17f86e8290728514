// The inference engine beside the plain integer network, a plain sparse product in floating point,
// and the floor: the packed multiply-accumulates at the peak rate of the instruction that does
// them, measured here.
//
//   bench_inference [KERNEL]   default: the fastest this processor has
//
// Times are wall-clock times, the best of several runs; the floor of two threads is half of one's.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "bench/multiply_add_peak.hpp"
#include "bench/sparse_float_network.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/block_network.hpp"

namespace colcomb {
namespace {

constexpr std::size_t kBatch = 64;

/// Seconds of the fastest of many runs; of few where one takes long.
double time_of(const std::function<void()>& run) {
  double fastest = std::numeric_limits<double>::max();
  double total = 0;
  for (int i = 0; i < 300 && total < 1.5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    fastest = std::min(fastest, spent.count());
    total += spent.count();
  }
  return fastest;
}

double packed_macs(const QuantizedNetwork& network) {
  double macs = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& layer = network.description.layer(i);
    macs +=
        static_cast<double>(count_nonzeros(network.layer(i).weights.values) * layer.sum_pixels());
  }
  return macs;
}

void print_row(const std::string& name, std::size_t threads, double one, double batch,
               double plain_one, double plain_batch, double floor) {
  const auto images = static_cast<double>(kBatch);
  fmt::print("  {:<26}{:>8}{:>12.3f}{:>12.0f}{:>10.1f}{:>10.1f}{:>12.2f}{:>12.2f}\n", name, threads,
             1e3 * one, images / batch, plain_one / one, plain_batch / batch, one / floor,
             batch / images / floor);
  std::fflush(stdout);
}

void bench(const std::string& title, const tests::BlockNetwork& blocks, const std::string& kernel) {
  const QuantizedNetwork network = tests::filled_block_network(blocks, 1);
  const MultiplyAddPeak peak = multiply_add_peak(kernel);
  const double macs = packed_macs(network);
  fmt::print(
      "\n{}\n{:.2f} million packed multiply-accumulates an image; {}: {:.0f} billion a second\n",
      title, macs / 1e6, peak.instruction, peak.per_second / 1e9);
  fmt::print("  {:<26}{:>8}{:>12}{:>12}{:>10}{:>10}{:>12}{:>12}\n", "", "threads", "ms, batch 1",
             "images/s", "speed-up", "speed-up", "over floor", "over floor");
  fmt::print("  {:<26}{:>8}{:>12}{:>12}{:>10}{:>10}{:>12}{:>12}\n", "", "", "", "batch 64",
             "batch 1", "batch 64", "batch 1", "batch 64");
  Random random(2);
  std::vector<std::uint8_t> images(kBatch * blocks.channels * blocks.side * blocks.side);
  for (auto& pixel : images) pixel = static_cast<std::uint8_t>(random.below(256));
  const auto first = std::span(images).first(images.size() / kBatch);
  for (const std::size_t threads : {1U, 2U}) {
    const double floor = macs / peak.per_second / static_cast<double>(threads);
    Matrix<std::int32_t> expected;
    const double plain_one =
        time_of([&] { expected = semantics::run_many(network, first, threads); });
    const double plain = time_of([&] { expected = semantics::run_many(network, images, threads); });
    print_row("plain integer network", threads, plain_one, plain, plain_one, plain, floor);
    SparseFloatNetwork sparse(network);
    const double sparse_one = time_of([&] { sparse.run(first, threads); });
    const double sparse_all = time_of([&] { sparse.run(images, threads); });
    print_row("sparse float (CSR)", threads, sparse_one, sparse_all, plain_one, plain, floor);
    inference::Engine engine(network, {threads, kernel});
    std::vector<std::int32_t> logits(kBatch * blocks.classes);
    const double one = time_of([&] { engine.run(first, std::span(logits).first(blocks.classes)); });
    const double all = time_of([&] { engine.run(images, logits); });
    print_row("engine (" + kernel + ")", threads, one, all, plain_one, plain, floor);
    if (!std::ranges::equal(logits, expected.values())) fmt::print("  LOGITS DIFFER\n");
  }
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  const std::string kernel = argc > 1 ? argv[1] : colcomb::inference::kernel_names().front();
  colcomb::bench("--filters 128 256 512 --layers 6 6 6 --strides 1 2 2 --groups 8 8 8, 3 x 32 x 32",
                 {{128, 256, 512}, {6, 6, 6}, {1, 2, 2}, {8, 8, 8}, 3, 32, 10}, kernel);
  colcomb::bench("--filters 128 256 512 --layers 6 6 6 --strides 1 2 2 --groups 1 4 8, 3 x 32 x 32",
                 {{128, 256, 512}, {6, 6, 6}, {1, 2, 2}, {1, 4, 8}, 3, 32, 10}, kernel);
  colcomb::bench("--filters 32 64 128 --layers 2 2 2 --strides 1 2 2 --groups 1 4 8, 1 x 32 x 32",
                 {{32, 64, 128}, {2, 2, 2}, {1, 2, 2}, {1, 4, 8}, 1, 32, 10}, kernel);
}
