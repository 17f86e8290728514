#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace colcomb {

/// Pieces of work that take turns, so that a machine that slows down slows all of them.
class Contest {
 public:
  void add(std::function<void()> work) { entries_.push_back({std::move(work), {}}); }

  /// Several times each in every round, the first time not counted: it finds others' data in the
  /// caches, and perhaps others' threads still awake.
  void run(double seconds) {
    constexpr int kTimes = 4;
    for (double spent = 0; spent < seconds;) {
      for (Entry& entry : entries_) {
        spent += seconds_of(entry.work);
        for (int i = 1; i < kTimes; ++i) {
          entry.times.push_back(seconds_of(entry.work));
          spent += entry.times.back();
        }
      }
    }
  }

  [[nodiscard]] double median_seconds(std::size_t entry) const {
    std::vector<double> times = entries_[entry].times;
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
  }

 private:
  struct Entry {
    std::function<void()> work;
    std::vector<double> times;
  };

  static double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  std::vector<Entry> entries_;
};

}  // namespace colcomb
