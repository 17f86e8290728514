// Dividing a budget of clocks between the layers of the reference's CIFAR-10 network, and of one
// that is 2048 wide: how long each part takes, and the exact solver beside the textbook's dynamic
// programming over every clock of the budget, which must find the same.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/allocation/candidates.hpp"
#include "colcomb/allocation/solver.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/merging.hpp"
#include "tests/support/block_network.hpp"

namespace {

using namespace colcomb;
using allocation::Choice;

/// Milliseconds of the fastest of some calls.
double milliseconds(int calls, const std::function<void()>& work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < calls; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, taken.count());
  }
  return best;
}

std::vector<Matrix<float>> random_importance(const NetworkDescription& network) {
  std::vector<Matrix<float>> result;
  Random random(1);
  for (const LayerDescription& layer : network.all()) {
    Matrix<float>& matrix = result.emplace_back(layer.out_channels, layer.columns.size());
    std::vector<double> factors;
    for (std::size_t m = 0; m < matrix.cols(); ++m) factors.push_back(0.1 + random.uniform());
    for (std::size_t n = 0; n < matrix.rows(); ++n) {
      for (std::size_t m = 0; m < matrix.cols(); ++m) {
        const double weight = factors[m] * random.normal();
        matrix(n, m) = static_cast<float>(weight * weight / static_cast<double>(matrix.size()));
      }
    }
  }
  return result;
}

/// The largest value for every cost up to the budget, item by item.
std::int64_t plain_optimum(const std::vector<std::vector<Choice>>& items, std::uint64_t budget) {
  constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min() / 2;
  std::vector<std::int64_t> best(budget + 1, 0);
  for (const auto& item : items) {
    std::vector<std::int64_t> next(budget + 1, kNone);
    for (const Choice& choice : item) {
      for (std::uint64_t spent = choice.cost; spent <= budget; ++spent)
        next[spent] = std::max(next[spent], best[spent - choice.cost] + choice.value);
    }
    best = std::move(next);
  }
  return best[budget];
}

void run(const char* name, const tests::BlockNetwork& blocks, int calls) {
  NetworkDescription network = tests::filled_block_network(blocks, 1).description;
  network.classifier.alpha = 8;
  ArrayConfig array;
  array.name = "32x32";
  const auto quantity = allocation::Quantity::kInterval;
  const auto importance = random_importance(network);
  const std::uint64_t least =
      allocation::cost_of(network, array, quantity, allocation::least_groups(network));
  const std::uint64_t dense =
      allocation::cost_of(network, array, quantity, allocation::most_groups(network));
  const allocation::Budget budget{quantity, static_cast<double>(least + (dense - least) / 3)};
  const std::size_t threads = available_threads();

  const double clocks = milliseconds(calls, [&] { allocation::Allocator(network, array, budget); });
  const allocation::Allocator allocator(network, array, budget);
  const double whole =
      milliseconds(calls, [&] { (void)allocator.allocate(importance, 1, threads); });

  // The solver alone, on the same candidates.
  const auto lists = allocation::candidates(network, array, quantity);
  std::vector<std::vector<Choice>> items;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto curve = combining::retained_curve(importance[i], network.layer(i).alpha);
    auto& item = items.emplace_back();
    for (const auto& candidate : lists[i])
      item.push_back({candidate.cost,
                      static_cast<std::int64_t>(1e9 * curve.at(candidate.groups) / curve.all())});
  }
  const std::uint64_t room = static_cast<std::uint64_t>(budget.limit) - least;
  std::int64_t found = 0;
  std::int64_t expected = 0;
  const double solver = milliseconds(calls, [&] { found = allocation::solve(items, room)->value; });
  const double plain = milliseconds(1, [&] { expected = plain_optimum(items, room); });
  fmt::print("{:<22} {:>7} {:>10.2f} {:>10.2f} {:>10.3f} {:>10.1f} {:>9.0f}x  {}\n", name,
             network.layer_count(), clocks, whole, solver, plain, plain / solver,
             found == expected ? "equal" : "DIFFERENT");
}

}  // namespace

int main() {
  fmt::print(
      "milliseconds, {} threads; budget: a third of the way from the least clocks to dense\n",
      available_threads());
  fmt::print("{:<22} {:>7} {:>10} {:>10} {:>10} {:>10} {:>10}  {}\n", "network", "layers",
             "candidates", "allocate", "solver", "plain", "ratio", "optimum");
  run("CIFAR-10, 128-256-512", {{128, 256, 512}, {6, 6, 6}, {1, 2, 2}, {8, 8, 8}, 3, 32, 10}, 5);
  run("32-64-128", {{32, 64, 128}, {2, 2, 2}, {1, 2, 2}, {8, 8, 8}, 3, 32, 10}, 20);
  run("2048 wide, 4 x 4", {{2048}, {2}, {8}, {8}, 3, 32, 10}, 1);
  return 0;
}
