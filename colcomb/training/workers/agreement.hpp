#pragma once

#include <cstdint>
#include <string>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/training/train_data.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// A 64-bit digest (FNV-1a) of what a training run has become: columns, weights, masks, groups,
/// batch norms, the optimizer's state, the options and the schedule's position; not the history.
[[nodiscard]] std::uint64_t digest_of(const Checkpoint& checkpoint);
/// The same of which images are in which split, and their labels.
[[nodiscard]] std::uint64_t digest_of(const TrainData& data);

/// Errors: UserError in every worker, naming the first worker whose digest differs from worker 0's
/// and then `rule`.
void require_agreement(Workers& workers, std::uint64_t digest, const std::string& rule);

}  // namespace colcomb::training
