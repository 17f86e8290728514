#pragma once

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/training/options.hpp"

namespace colcomb::training {

// What a run starts from, and what must be so before it does.

/// Errors: UserError if the save path cannot be written, or holds a file while neither resume nor
/// force is given.
void require_free(const RunOptions& run);

/// Errors: UserError unless `saved`, the checkpoint at run.save_path, is of a run with this
/// identity and of a network of this description; names the first difference with both values.
void require_resumable(const Checkpoint& saved, const RunIdentity& identity,
                       const NetworkDescription& description, const TrainOptions& options,
                       const RunOptions& run);

/// The network that training starts from, given the checkpoint at options.load_path. Its weights
/// and shifts are the checkpoint's. With options.keep_combined so are masks and groups; otherwise
/// there are no groups and pruning starts anew, but weights that are pruned and 0 (those between
/// conv_groups) stay pruned. Errors: UserError if its layers differ from `description` in more than
/// alpha and shifts (with keep_combined: in anything).
[[nodiscard]] FloatNetwork starting_network(const Checkpoint& pretrained,
                                            const NetworkDescription& description,
                                            const TrainOptions& options);

}  // namespace colcomb::training
