#pragma once

#include <cstddef>
#include <string>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/pipeline/observer.hpp"

namespace colcomb::cli {

/// One epoch on one line, for people.
[[nodiscard]] std::string epoch_line(const EpochRecord& record, std::size_t epochs);

/// Shows stages and epochs as lines on stdout, or on stderr where stdout is for JSON, and progress
/// as a bar on stderr (base/progress.hpp).
[[nodiscard]] pipeline::Observer text_observer(bool json);

}  // namespace colcomb::cli
