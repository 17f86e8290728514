#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/allocation_report.hpp"
#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb {

/// What training recorded after one epoch.
struct EpochRecord {
  std::uint32_t epoch = 0;              // 1 = first
  double learning_rate = 0;             // at the epoch's last step
  double train_loss = 0;                // mean over the epoch's images, as trained on
  double validation_loss = 0;           // NaN without a validation split
  double validation_top1 = 0;           // fraction 0 to 1; NaN without a validation split
  double test_loss = 0;                 // cross-entropy on the test split
  double test_top1 = 0;                 // fraction 0 to 1
  double test_top5 = 0;                 // fraction 0 to 1
  std::uint64_t nonzeros = 0;           // nonzero convolution weights
  std::uint64_t packed_macs = 0;        // rows x groups, summed over the convolution layers
  double utilization = 0;               // utilization efficiency over the convolution layers
  double retained_magnitude = 1;        // over the convolution layers, at the last combining
  std::uint64_t regrouped_columns = 0;  // columns that changed group at the last combining
  double seconds = 0;                   // wall time of the epoch

  bool operator==(const EpochRecord&) const = default;
};

/// Named float tensor of the optimizer, e.g. the momentum of "block1.layer2.weight".
struct NamedTensor {
  std::string name;                 // of the parameter or buffer
  std::vector<std::int64_t> shape;  // extents, outermost first
  std::vector<float> values;        // row-major

  bool operator==(const NamedTensor&) const = default;
};

/// What training needs beside the network to go on as if it had never stopped. Random numbers need
/// no state: each epoch draws from streams of its own, made from the seed in the options.
struct TrainingState {
  std::uint32_t epochs_done = 0;       // epochs that are complete
  std::uint32_t prunings_done = 0;     // steps of the schedule that have fired
  double prune_fraction = 0;           // state of the iterative schedule: current beta
  RunIdentity identity;                // what a resumed run must share; empty: nothing to resume
  std::vector<NamedTensor> optimizer;  // momenta by parameter
  std::vector<EpochRecord> history;    // a record for each epoch done
  std::optional<AllocationReport> allocation;  // of the last combining for an array

  /// False where there is nothing to go on from: the network was packed or imported, not trained.
  [[nodiscard]] bool resumable() const { return epochs_done > 0 || !identity.fields.empty(); }
  bool operator==(const TrainingState&) const = default;
};

/// A float network and what training needs to go on.
struct Checkpoint {
  FloatNetwork network;    // weights, masks, groups
  TrainingState training;  // empty where training did not write it
  std::string origin;      // how the file was made, one line of printable UTF-8; may be empty

  /// Whether training can go on from here.
  [[nodiscard]] bool resumable() const { return training.resumable(); }
  bool operator==(const Checkpoint&) const = default;
};

/// Errors: UserError (file `where`) naming the first field that breaks a rule: the network's, or a
/// text that is not printable UTF-8.
void validate(const Checkpoint& checkpoint, const std::string& where);

/// Errors: UserError naming the file if it cannot be written or `validate` refuses the checkpoint
/// (NaN weights after training diverged, ...); an older file is then untouched.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);

/// Errors: UserError naming file, field, value and rule: missing, not a checkpoint, other version,
/// truncated, checksum, malformed, or a checkpoint that `validate` refuses.
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);
/// The same from the file's bytes; errors name `name`. Requires: content aligned to 8 bytes.
[[nodiscard]] Checkpoint read_checkpoint(std::span<const std::byte> content,
                                         const std::string& name);

}  // namespace colcomb
