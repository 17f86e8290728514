#pragma once

#include <cstddef>

namespace colcomb {

/// Floating-point operations per second (a fused multiply-add counts two) that `threads` threads
/// reach together with the widest vectors of this processor.
[[nodiscard]] double float_peak(std::size_t threads);

}  // namespace colcomb
