#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace colcomb::inference {

/// Threads that stay: work starts and meets within a microsecond, where starting threads, or
/// sleeping at each of a network's layers, takes ten or more. Idle members sleep after a short
/// while.
class Team {
 public:
  /// The caller of run() is one of the `size` members. Requires: size >= 1.
  explicit Team(std::size_t size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  [[nodiscard]] std::size_t size() const { return helpers_.size() + 1; }

  /// Calls body(member) once for each member and returns when all are done. Requires: body throws
  /// nothing. Allocates nothing.
  template <class Body>
  void run(Body& body) {
    run([](void* context, std::size_t member) { (*static_cast<Body*>(context))(member); }, &body);
  }

  /// Within run(): returns once all members have called it. What they wrote before is then visible.
  void meet();

 private:
  using Function = void (*)(void*, std::size_t);
  void run(Function function, void* context);
  void help(std::size_t member);

  Function function_ = nullptr;
  void* context_ = nullptr;
  std::atomic<bool> stop_ = false;
  alignas(64) std::atomic<std::uint32_t> round_ = 0;
  alignas(64) std::atomic<std::size_t> arrived_ = 0;
  std::atomic<std::uint32_t> phase_ = 0;
  std::vector<std::jthread> helpers_;  // last, so that they stop before what they use is gone
};

}  // namespace colcomb::inference
