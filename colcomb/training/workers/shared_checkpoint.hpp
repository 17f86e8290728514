#pragma once

#include <filesystem>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// The checkpoint at `path` of worker 0's machine, in every worker; nothing if it has none there.
/// Errors: UserError as for load_checkpoint.
[[nodiscard]] std::optional<Checkpoint> shared_checkpoint(const std::filesystem::path& path,
                                                          Workers& workers);

}  // namespace colcomb::training
