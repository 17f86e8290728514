#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "colcomb/exploration/spec.hpp"

namespace colcomb::exploration {

/// Trains, or goes on training, what a point's train.NAME settings say, into `folder`, whose
/// network.packed and report.json it leaves there. Errors: UserError.
using Trainer = std::function<void(const Settings& training, const std::filesystem::path& folder)>;

/// The folder in `runs` that a point's network is trained in.
[[nodiscard]] std::filesystem::path run_folder(const std::filesystem::path& runs,
                                               const Settings& settings);

/// Which of the workers that share an exploration this one is.
struct Shard {
  std::size_t number = 1;  // 1 to `of`
  std::size_t of = 1;      // number of shards
};

/// "i/n". Errors: UserError (option_error naming `shard`).
[[nodiscard]] Shard parse_shard(const std::string& text);

/// How an exploration is computed.
struct ExploreOptions {
  /// Folder of journals, trained networks and a copy of the specification, which must be the same
  /// for all its workers.
  std::filesystem::path out;
  /// Folder of the trained networks, which several explorations may share; empty: runs/ in `out`.
  std::filesystem::path runs;
  Shard shard;              // this worker's part
  std::size_t threads = 0;  // 0: all available
  bool again = false;       // compute failed points again
  std::string version;      // recorded with each result
  Trainer trainer;          // for specifications that train
  /// Called as points are finished; by one thread at a time.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// What a call of explore did.
struct ExploreOutcome {
  std::size_t points = 0;  // of the specification
  std::size_t mine = 0;    // of the shard
  std::size_t before = 0;  // of these, in a journal before
  std::size_t failed = 0;  // of those computed now
};

/// Computes the points of the shard that no journal in the folder has, each appended to the
/// worker's own journal as soon as it is known, failures too. Points that share a trained or
/// combined network belong to one shard. Errors: UserError if the folder holds another exploration,
/// another worker has the journal, or files that all points need cannot be read.
[[nodiscard]] ExploreOutcome explore(const Spec& spec, const ExploreOptions& options);

/// The copy of the specification in an exploration's folder, as load_spec read it where it was.
/// Errors: UserError if the folder holds none.
[[nodiscard]] Spec spec_of(const std::filesystem::path& folder);

}  // namespace colcomb::exploration
