#pragma once

#include <functional>

#include "colcomb/training/observer.hpp"

namespace colcomb::cli {

/// An observer of batches that shows each epoch's progress on stderr: a bar on a terminal,
/// elsewhere now and then a line (see Progress).
[[nodiscard]] std::function<void(const training::BatchProgress&)> epoch_bar();

}  // namespace colcomb::cli
