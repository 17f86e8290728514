#include "colcomb/base/thread_pool.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace colcomb {

void pause_processor() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

ThreadPool::ThreadPool(std::size_t size) {
  for (std::size_t thread = 1; thread < size; ++thread)
    workers_.emplace_back([this, thread] { work(thread); });
}

ThreadPool::~ThreadPool() {
  stop_ = true;
  ++round_;
  round_.notify_all();
}

void ThreadPool::run(Function function, void* context) {
  if (workers_.empty()) {
    function(context, 0);
    return;
  }
  function_ = function;
  context_ = context;
  gate_ = kOpen;
  ++round_;
  round_.notify_all();
  function(context, 0);
  gate_ &= ~kOpen;
  wait_until([this] { return gate_ == 0; });
}

bool ThreadPool::enter() {
  std::uint32_t gate = gate_;
  while ((gate & kOpen) != 0) {
    if (gate_.compare_exchange_weak(gate, gate + 1)) return true;
  }
  return false;
}

void ThreadPool::work(std::size_t thread) {
  constexpr int kSpins = 2000;  // some tens of microseconds: the next run may follow at once
  for (std::uint32_t seen = 0;;) {
    for (int i = 0; i < kSpins && round_ == seen; ++i) pause_processor();
    round_.wait(seen);
    if (stop_) return;
    seen = round_;
    if (!enter()) continue;
    seen = round_;  // of the run inside: no other can begin now
    function_(context_, thread);
    --gate_;
  }
}

}  // namespace colcomb
