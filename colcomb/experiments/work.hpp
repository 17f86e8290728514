#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>

namespace colcomb::experiments {

/// About as many trainings as an experiment with a program of its own does.
inline constexpr double kProgramTrainings = 6;

/// Pieces of long work: which one begins, how many there are, how long the rest may take, judged by
/// those that this process has done.
class Work {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Work(std::function<void(const std::string&)> say) : say_(std::move(say)) {}

  /// A piece to be done, `size` times as long as others; once for each name.
  void add(const std::string& name, double size) { left_.emplace(name, size); }
  [[nodiscard]] bool has(const std::string& name) const { return left_.contains(name); }
  void begin(const std::string& what);
  void end(const std::string& name);
  /// What begin() says.
  [[nodiscard]] std::string line(const std::string& what) const;

 private:
  std::function<void(const std::string&)> say_;
  std::map<std::string, double> left_;
  Clock::time_point began_;
  std::size_t done_ = 0;
  double size_done_ = 0;
  double seconds_done_ = 0;
};

}  // namespace colcomb::experiments
