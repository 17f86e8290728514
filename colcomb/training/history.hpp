#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"

namespace colcomb::training {

/// One epoch as a line of JSON; numbers that do not exist (NaN) are null.
[[nodiscard]] std::string to_json_line(const EpochRecord& record);

/// Table with a header line; numbers that do not exist are empty.
[[nodiscard]] std::string to_csv(const std::vector<EpochRecord>& history);

/// Writes the history beside the checkpoint, `X.history.jsonl` and `X.history.csv` for `X.ext`.
void write_history(const std::vector<EpochRecord>& history,
                   const std::filesystem::path& checkpoint);

}  // namespace colcomb::training
