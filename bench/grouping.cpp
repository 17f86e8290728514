// Time and quality of every grouping policy, beside a plain implementation of pairwise as baseline.
//
//   bench_grouping [ROWSxCOLS ...]   default: the layers of --filters 128 256 512, and 2048x2048
//
// Without arguments also each policy's mean over eight 256 x 256 matrices, as one may be lucky.
//
// Times are processor time of one core. Retained is a share of the pruned matrix's magnitude.

#include "colcomb/combining/grouping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/combining/analysis.hpp"
#include "colcomb/combining/bound.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "tests/support/random_weights.hpp"
#include "tests/support/reference_grouping.hpp"

namespace colcomb {
namespace {

constexpr std::size_t kAlpha = 8;

struct Shape {
  std::size_t rows = 0;
  std::size_t cols = 0;
};

/// Processor milliseconds of the fastest of several runs, fewer where one takes long.
double time_of(const std::function<void()>& run) {
  double fastest = std::numeric_limits<double>::max();
  double total = 0;
  for (int i = 0; i < 9 && total < 1000; ++i) {
    const std::clock_t start = std::clock();
    run();
    const double spent = 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    fastest = std::min(fastest, spent);
    total += spent;
  }
  return fastest;
}

/// The plain implementation takes a quarter of a minute for 256 x 256, and the fourth power of that
/// for more.
bool naive_is_affordable(const Shape& shape, double density) {
  return shape.rows * shape.cols <= 256 * 256 && density == 0.15;
}

void print_row(const std::string& name, double milliseconds, std::optional<double> naive,
               const Matrix<float>& pruned, const ColumnGroups& groups) {
  const Matrix<std::uint8_t> mask = combining::column_combine_mask(pruned, groups);
  const LayerReport report =
      combining::report_layer({name, pruned, mask, groups, kAlpha, 1}, 32, 32);
  const std::string ratio = naive ? fmt::format("{:.0f}x", *naive / milliseconds) : "-";
  fmt::print("  {:<18}{:>12.2f}{:>10}{:>8}{:>10.4f}{:>8.3f}\n", name, milliseconds, ratio,
             groups.size(), report.retained_magnitude, report.utilization);
}

void bench(const Shape& shape, double density, double gamma) {
  const Matrix<float> dense = tests::trained_like_weights(shape.rows, shape.cols, 1);
  const Matrix<float> pruned =
      combining::masked(dense, combining::magnitude_mask(dense, 1 - density));
  fmt::print("\n{} x {}, density {}, alpha {}, gamma {}\n", shape.rows, shape.cols, density, kAlpha,
             gamma);
  fmt::print("  {:<18}{:>12}{:>10}{:>8}{:>10}{:>8}\n", "policy", "ms", "speed-up", "groups",
             "retained", "util");
  std::optional<double> naive;
  if (naive_is_affordable(shape, density)) {
    ColumnGroups groups;
    naive = time_of([&] { groups = tests::ReferenceGrouping(pruned, kAlpha, gamma).pairwise(); });
    print_row("pairwise (naive)", *naive, naive, pruned, groups);
  }
  ColumnGroups groups;
  for (const std::string& name : combining::policy_names()) {
    combining::GroupingOptions options;
    options.alpha = kAlpha;
    options.gamma = gamma;
    options.policy = combining::parse_policy(name);
    const double spent = time_of([&] { groups = combining::group_columns(pruned, options); });
    print_row(name, spent, naive, pruned, groups);
  }
  const double bound = combining::retained_magnitude_bound(pruned, groups.size(), kAlpha);
  fmt::print("  {:<48}{:>10.4f}\n", fmt::format("upper bound with {} groups", groups.size()),
             bound / combining::magnitude_of(pruned));
  std::fflush(stdout);
}

/// Means over eight matrices, of time and of retained magnitude.
void bench_matrices(double density, double gamma) {
  constexpr std::uint64_t kMatrices = 8;
  fmt::print("\n256 x 256, density {}, alpha {}, gamma {}: mean of {} matrices\n", density, kAlpha,
             gamma, kMatrices);
  fmt::print("  {:<18}{:>12}{:>10}{:>10}{:>10}{:>10}\n", "policy", "ms", "groups", "retained",
             "least", "most");
  for (const std::string& name : combining::policy_names()) {
    double spent = 0;
    double sum = 0;
    double least = 1;
    double most = 0;
    std::size_t group_count = 0;
    for (std::uint64_t seed = 1; seed <= kMatrices; ++seed) {
      const Matrix<float> pruned = tests::sparse_weights(256, 256, density, seed);
      combining::GroupingOptions options;
      options.alpha = kAlpha;
      options.gamma = gamma;
      options.policy = combining::parse_policy(name);
      ColumnGroups groups;
      spent += time_of([&] { groups = combining::group_columns(pruned, options); });
      const double share = combining::magnitude_of(combining::masked(
                               pruned, combining::column_combine_mask(pruned, groups))) /
                           combining::magnitude_of(pruned);
      sum += share;
      least = std::min(least, share);
      most = std::max(most, share);
      group_count += groups.size();
    }
    const auto mean = [](double total) { return total / static_cast<double>(kMatrices); };
    fmt::print("  {:<18}{:>12.2f}{:>10.1f}{:>10.4f}{:>10.4f}{:>10.4f}\n", name, mean(spent),
               mean(static_cast<double>(group_count)), mean(sum), least, most);
  }
}

Shape parse_shape(const char* text) {
  Shape shape;
  if (std::sscanf(text, "%zux%zu", &shape.rows, &shape.cols) == 2 && shape.rows * shape.cols > 0)
    return shape;
  fmt::print(stderr, "bench_grouping: '{}': must be ROWSxCOLS, e.g. 256x256\n", text);
  std::exit(2);
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  std::vector<colcomb::Shape> shapes;
  for (int i = 1; i < argc; ++i) shapes.push_back(colcomb::parse_shape(argv[i]));
  if (shapes.empty()) {
    for (const double gamma : {0.5, 1.75}) colcomb::bench_matrices(0.15, gamma);
    shapes = {{256, 256}, {128, 128}, {256, 128}, {512, 256}, {512, 512}, {2048, 2048}};
  }
  for (const auto& shape : shapes) {
    for (const double density : {0.1, 0.15, 0.3}) {
      for (const double gamma : {0.5, 1.75}) colcomb::bench(shape, density, gamma);
    }
  }
}
