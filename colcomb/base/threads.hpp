#pragma once

#include <cstddef>
#include <functional>

namespace colcomb {

/// Processors this process may use; at least 1.
[[nodiscard]] std::size_t available_threads();

/// Calls body(i) once for each i in [0, count), on up to `threads` threads, and returns when all
/// are done. Results must not depend on the order of calls. The first exception thrown by a body is
/// thrown again here, after every thread has stopped.
void parallel_for(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& body);

/// Told how far a long call is: `done` of `total` steps. Calls do not overlap, and `done` rises to
/// `total`. What it throws ends the call, which throws it again.
using ProgressFunction = std::function<void(std::size_t done, std::size_t total)>;

/// The same, with `progress`, which may be null, told after each body, on that body's thread.
void parallel_for(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& body, const ProgressFunction& progress);

}  // namespace colcomb
