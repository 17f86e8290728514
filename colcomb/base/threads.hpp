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

}  // namespace colcomb
