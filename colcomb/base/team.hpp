#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace colcomb {

/// Lets the processor's other thread go on while this one waits.
void pause_processor();

/// Waits for something another running thread will do soon.
template <class Condition>
void wait_until(const Condition& condition) {
  // A thread that the system has taken off its processor may stay away for milliseconds.
  constexpr int kSpins = 2000;
  for (int i = 0; !condition(); ++i) {
    if (i < kSpins) {
      pause_processor();
    } else {
      std::this_thread::yield();
    }
  }
}

/// Threads that stay: work starts within a microsecond, where starting threads takes ten or more.
/// Idle helpers sleep after a short while.
class Team {
 public:
  /// The caller of run() is one of the `size` members. Requires: size >= 1.
  explicit Team(std::size_t size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  [[nodiscard]] std::size_t size() const { return helpers_.size() + 1; }

  /// Calls body(0), and body(member) on every helper that comes before body(0) returns; returns
  /// when all that came are done. It does not wait for a helper that the system has not given a
  /// processor, so the members must take their work from a common stock. Requires: body throws
  /// nothing. Allocates nothing.
  template <class Body>
  void run(Body& body) {
    run([](void* context, std::size_t member) { (*static_cast<Body*>(context))(member); }, &body);
  }

 private:
  using Function = void (*)(void*, std::size_t);
  static constexpr std::uint32_t kOpen = 1U << 31;

  void run(Function function, void* context);
  void help(std::size_t member);
  [[nodiscard]] bool enter();

  // Written while the gate is closed and nobody is inside.
  Function function_ = nullptr;
  void* context_ = nullptr;
  std::atomic<bool> stop_ = false;
  alignas(64) std::atomic<std::uint32_t> round_ = 0;  // what helpers sleep on
  alignas(64) std::atomic<std::uint32_t> gate_ = 0;   // kOpen, plus the helpers inside
  std::vector<std::jthread> helpers_;  // last, so that they stop before what they use is gone
};

}  // namespace colcomb
