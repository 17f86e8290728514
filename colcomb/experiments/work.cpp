#include "colcomb/experiments/work.hpp"

#include <fmt/format.h>

#include "colcomb/base/progress.hpp"

namespace colcomb::experiments {

std::string Work::line(const std::string& what) const {
  std::string text = fmt::format("[{}/{}] {}", done_ + 1, done_ + left_.size(), what);
  if (size_done_ <= 0) return text;
  double size = 0;
  for (const auto& [name, one] : left_) size += one;
  return text + fmt::format("; about {} left", format_duration(size * seconds_done_ / size_done_));
}

void Work::begin(const std::string& what) {
  if (say_) say_(line(what));
  began_ = Clock::now();
}

void Work::end(const std::string& name) {
  const auto found = left_.find(name);
  if (found == left_.end()) return;
  const std::chrono::duration<double> seconds = Clock::now() - began_;
  ++done_;
  size_done_ += found->second;
  seconds_done_ += seconds.count();
  left_.erase(found);
}

}  // namespace colcomb::experiments
