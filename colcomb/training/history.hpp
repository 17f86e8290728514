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

/// TensorBoard's event file: every figure of an epoch at the step of its number, but for those that
/// do not exist. An event's time is the training time up to it, in seconds from 0: training alone
/// decides the file, which only grows from epoch to epoch, and a pause leaves no gap.
[[nodiscard]] std::string to_events(const std::vector<EpochRecord>& history);

/// Writes the history beside the checkpoint `X.ext`: `X.history.jsonl`, `X.history.csv` and
/// `X.tensorboard/events.out.tfevents.colcomb`.
void write_history(const std::vector<EpochRecord>& history,
                   const std::filesystem::path& checkpoint);

}  // namespace colcomb::training
