#pragma once

#include <filesystem>

#include "colcomb/artifacts/run_identity.hpp"

namespace colcomb::stages {

/// Writes the identity of what fills a folder, one JSON object of names and values.
void write_run_record(const RunIdentity& identity, const std::filesystem::path& file);

/// Errors: UserError (option_error) naming the first field in which `now` differs from the file's
/// identity (require_same_run); about the file if it holds none.
void require_recorded_run(const RunIdentity& now, const std::filesystem::path& file);

}  // namespace colcomb::stages
