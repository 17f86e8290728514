#pragma once

#include <algorithm>
#include <barrier>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace colcomb::tests {

/// Adds up spans of several threads, in the threads' order: what workers do between processes.
class SpanSum {
 public:
  explicit SpanSum(std::size_t threads)
      : spans_(threads), barrier_(static_cast<std::ptrdiff_t>(threads)) {}

  /// What this thread calls with its numbers; returns once every thread has called its own.
  [[nodiscard]] std::function<void(std::span<double>)> of_thread(std::size_t thread) {
    return [this, thread](std::span<double> numbers) { add_up(thread, numbers); };
  }

 private:
  void add_up(std::size_t thread, std::span<double> numbers) {
    spans_[thread] = numbers;
    barrier_.arrive_and_wait();
    std::vector<double> total(numbers.size());
    for (const auto& span : spans_) {
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += span[i];
    }
    barrier_.arrive_and_wait();
    std::copy(total.begin(), total.end(), numbers.begin());
  }

  std::vector<std::span<double>> spans_;
  std::barrier<> barrier_;
};

}  // namespace colcomb::tests
