#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace colcomb {

/// Tells the processor that this thread is in a spin loop, so that a thread on the same core runs
/// faster.
void pause_processor();

/// Returns once condition() holds. Spins, so it is for what another running thread does soon.
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

/// Threads that are started once and run one function after another: a run begins within a
/// microsecond, where starting threads takes ten or more. Idle workers spin for some tens of
/// microseconds, then sleep.
class ThreadPool {
 public:
  /// `size` threads: the caller of run() and size - 1 workers. Requires: size >= 1.
  explicit ThreadPool(std::size_t size);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] std::size_t size() const { return workers_.size() + 1; }

  /// Calls body(0) on the caller's thread and body(t), 1 <= t < size(), on each worker that starts
  /// before body(0) returns; returns when all calls have returned. A worker that gets no processor
  /// in that time is not waited for and makes no call, so the threads must take their tasks from a
  /// common counter. Requires: body throws nothing. Allocates nothing.
  template <class Body>
  void run(Body& body) {
    run([](void* context, std::size_t thread) { (*static_cast<Body*>(context))(thread); }, &body);
  }

 private:
  using Function = void (*)(void*, std::size_t);
  static constexpr std::uint32_t kOpen = 1U << 31;

  void run(Function function, void* context);
  void work(std::size_t thread);
  [[nodiscard]] bool enter();

  // Written while the gate is closed and no worker is inside.
  Function function_ = nullptr;
  void* context_ = nullptr;
  std::atomic<bool> stop_ = false;
  alignas(64) std::atomic<std::uint32_t> round_ = 0;  // what workers sleep on
  alignas(64) std::atomic<std::uint32_t> gate_ = 0;   // kOpen, plus the number of workers inside
  std::vector<std::jthread> workers_;  // last, so that they stop before what they use is gone
};

}  // namespace colcomb
