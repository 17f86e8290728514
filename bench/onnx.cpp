// The inference engine on packed networks beside ONNX Runtime on the same networks with dense
// weights, exported here: float, 8-bit between QuantizeLinear and DequantizeLinear, and integers.
//
//   bench_onnx [NET.packed ...]     default: random networks, every cell filled
//
// Times are wall-clock times on two threads, the best of many runs, the engine's before and after
// ONNX Runtime's so that a busy machine shows. Skipped where ONNX Runtime cannot be installed.

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/inference/engine.hpp"
#include "colcomb/interchange/export.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kBatch = 64;
constexpr double kSeconds = 2;  // per figure

/// Seconds a batch of 1 and of kBatch takes.
struct Times {
  double one = std::numeric_limits<double>::max();
  double batch = std::numeric_limits<double>::max();

  [[nodiscard]] double images_per_second() const { return static_cast<double>(kBatch) / batch; }
};

double time_of(const std::function<void()>& run) {
  double fastest = std::numeric_limits<double>::max();
  double total = 0;
  for (int i = 0; i < 300 && total < kSeconds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    fastest = std::min(fastest, spent.count());
    total += spent.count();
  }
  return fastest;
}

Times time_engine(const QuantizedNetwork& network) {
  inference::Engine engine(network, {kThreads, ""});
  Random random(2);
  std::vector<std::uint8_t> images(kBatch * engine.image_size());
  for (auto& pixel : images) pixel = static_cast<std::uint8_t>(random.below(256));
  std::vector<std::int32_t> logits(kBatch * engine.classes());
  const auto image = std::span<const std::uint8_t>(images).first(engine.image_size());
  const auto first = std::span(logits).first(engine.classes());
  return {time_of([&] { engine.run(image, first); }), time_of([&] { engine.run(images, logits); })};
}

/// Times by form, from onnx.js.
std::map<std::string, Times> time_onnx_runtime(const QuantizedNetwork& network) {
  const tests::TemporaryFolder folder;
  std::string models;
  for (const auto form : {interchange::OnnxForm::kFloat, interchange::OnnxForm::kQdq,
                          interchange::OnnxForm::kInteger}) {
    const auto file = folder / interchange::name_of(form);
    interchange::save_onnx(network, {form}, file);
    models += fmt::format(" '{}'", file.string());
  }
  const tests::CommandResult result =
      tests::run_command(fmt::format("node '{}' '{}' {} {}{}", COLCOMB_ONNX_TIMING,
                                     COLCOMB_ONNX_RUNTIME, kThreads, kSeconds, models));
  if (result.status != 0) throw std::runtime_error(result.output);
  std::map<std::string, Times> times;
  std::istringstream lines(result.output);
  std::string file;
  std::size_t batch = 0;
  double seconds = 0;
  while (lines >> file >> batch >> seconds) {
    Times& entry = times[std::filesystem::path(file).filename().string()];
    (batch == 1 ? entry.one : entry.batch) = seconds;
  }
  return times;
}

void print_row(const std::string& name, const Times& times, const Times& engine) {
  fmt::print("  {:<34}{:>12.3f}{:>12.0f}{:>14.2f}{:>14.2f}\n", name, 1e3 * times.one,
             times.images_per_second(), times.one / engine.one, times.batch / engine.batch);
}

void bench(const std::string& title, const QuantizedNetwork& network) {
  const Times before = time_engine(network);
  auto onnx = time_onnx_runtime(network);
  const Times after = time_engine(network);
  const Times engine{std::min(before.one, after.one), std::min(before.batch, after.batch)};
  fmt::print("\n{}\n  {:<34}{:>12}{:>12}{:>14}{:>14}\n  {:<34}{:>12}{:>12}{:>14}{:>14}\n", title,
             "", "ms, batch 1", "images/s", "engine faster", "engine faster", "", "", "batch 64",
             "batch 1", "batch 64");
  print_row("engine, packed", engine, engine);
  print_row("ONNX Runtime, float, dense", onnx.at("float"), engine);
  print_row("ONNX Runtime, 8-bit QDQ, dense", onnx.at("qdq"), engine);
  print_row("ONNX Runtime, integers, dense", onnx.at("integer"), engine);
  fmt::print("  engine before and after: {:.3f} and {:.3f} ms, {:.0f} and {:.0f} images/s\n",
             1e3 * before.one, 1e3 * after.one, before.images_per_second(),
             after.images_per_second());
  std::fflush(stdout);
}

int run(const std::vector<std::string>& files) {
  const tests::CommandResult install = tests::run_command(
      fmt::format("bash '{}' '{}'", COLCOMB_INSTALL_RUNTIME, COLCOMB_ONNX_RUNTIME));
  if (install.status != 0) {
    fmt::print("{}", install.output);
    return install.status == 77 ? 0 : 1;
  }
  for (const std::string& file : files) bench(file, load_packed_network(file));
  if (!files.empty()) return 0;
  const std::string network = "--filters 128 256 512 --layers 6 6 6 --strides 1 2 2 --groups";
  const std::vector<std::size_t> filters{128, 256, 512}, layers{6, 6, 6}, strides{1, 2, 2};
  bench(network + " 8 8 8, 3 x 32 x 32",
        tests::filled_block_network({filters, layers, strides, {8, 8, 8}, 3, 32, 10}, 1));
  bench(network + " 1 4 8, 3 x 32 x 32",
        tests::filled_block_network({filters, layers, strides, {1, 4, 8}, 3, 32, 10}, 1));
  return 0;
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  try {
    return colcomb::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_onnx: {}\n", error.what());
    return 1;
  }
}
