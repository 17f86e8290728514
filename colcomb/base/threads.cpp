#include "colcomb/base/threads.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "colcomb/base/thread_pool.hpp"

namespace colcomb {

std::size_t available_threads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return static_cast<std::size_t>(count);
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr error;
  std::mutex error_mutex;
  auto work = [&](std::size_t /*thread*/) {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
        next = count;
      }
    }
  };
  {
    ThreadPool pool(std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1)));
    pool.run(work);
  }
  if (error) std::rethrow_exception(error);
}

void parallel_for(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& body, const ProgressFunction& progress) {
  if (!progress) return parallel_for(count, threads, body);
  std::mutex mutex;
  std::size_t done = 0;
  parallel_for(count, threads, [&](std::size_t i) {
    body(i);
    const std::lock_guard lock(mutex);
    progress(++done, count);
  });
}

}  // namespace colcomb
