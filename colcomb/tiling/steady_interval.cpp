#include "colcomb/tiling/steady_interval.hpp"

#include <algorithm>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::tiling {
namespace {

/// Sums that hold a kNever stay far below any clock.
bool is_never(Clock clock) {
  return clock < TileClocks::kNever / 2;
}

void run_batch(TileClocks& clocks, const Schedule& schedule) {
  for (std::size_t t = 0; t < schedule.tiles.size(); ++t) (void)clocks.next();
}

/// Entry (i, k): the clocks from state k before a batch to state i after it, kNever if the one does
/// not wait for the other. A batch only takes maxima and adds constants, so the state after it is
/// max over k of entry (i, k) + state k.
Matrix<Clock> batch_matrix(TileClocks steady, const Schedule& schedule) {
  const std::size_t size = steady.state().size();
  Matrix<Clock> matrix(size, size);
  for (std::size_t k = 0; k < size; ++k) {
    TileClocks clocks = steady;
    std::vector<Clock> unit(size, TileClocks::kNever);
    unit[k] = 0;
    clocks.set_state(unit);
    run_batch(clocks, schedule);
    const std::vector<Clock> after = clocks.state();
    for (std::size_t i = 0; i < size; ++i)
      matrix(i, k) = is_never(after[i]) ? TileClocks::kNever : after[i];
  }
  return matrix;
}

/// The largest mean weight of a circuit, rounded up (Karp's theorem): the growth per step of every
/// state that waits for that circuit, as all clocks of the machine do.
Clock largest_mean(const Matrix<Clock>& matrix) {
  const std::size_t size = matrix.rows();
  std::vector<std::vector<Clock>> longest = {std::vector<Clock>(size, 0)};  // by steps, by end
  for (std::size_t steps = 1; steps <= size; ++steps) {
    std::vector<Clock> next(size, TileClocks::kNever);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t k = 0; k < size; ++k) {
        if (is_never(matrix(i, k)) || is_never(longest.back()[k])) continue;
        next[i] = std::max(next[i], matrix(i, k) + longest.back()[k]);
      }
    }
    longest.push_back(std::move(next));
  }
  Clock mean = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (is_never(longest[size][i])) continue;
    Clock least = -TileClocks::kNever;
    for (std::size_t steps = 0; steps < size; ++steps) {
      if (is_never(longest[steps][i])) continue;
      const auto length = static_cast<Clock>(size - steps);
      const Clock weight = longest[size][i] - longest[steps][i];
      // Rounding up keeps order, so the least of the rounded is the rounded least.
      least = std::min(least, weight >= 0 ? (weight + length - 1) / length : weight / length);
    }
    mean = std::max(mean, least);
  }
  return mean;
}

}  // namespace

std::uint64_t steady_interval(const ArrayConfig& config, const Schedule& schedule) {
  TileClocks clocks(config, schedule);
  run_batch(clocks, schedule);  // the first batch alone reads resident weights and writes nothing
  const Clock interval = largest_mean(batch_matrix(clocks, schedule));
  COLCOMB_CHECK(interval > 0, "batches take time");
  return static_cast<std::uint64_t>(interval);
}

}  // namespace colcomb::tiling
