#pragma once

#include <cstddef>
#include <string>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::cli {

/// One epoch on one line, for people.
[[nodiscard]] std::string epoch_line(const EpochRecord& record, std::size_t epochs);
void print_epoch(const EpochRecord& record, std::size_t epochs);

/// Requires: `data` outlives the result.
[[nodiscard]] training::TrainData training_data(const OpenedData& data);

}  // namespace colcomb::cli
