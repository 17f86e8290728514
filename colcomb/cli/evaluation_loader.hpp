#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/cli/data_flags.hpp"
#include "colcomb/dataset/batch_loader.hpp"

namespace colcomb::cli {

/// The first `limit` images of a split; 0: all.
[[nodiscard]] std::vector<std::size_t> first_indices(const EvaluationData& data, std::size_t limit);

/// Loading in order, without augmentation.
[[nodiscard]] dataset::LoaderOptions evaluation_loading();

}  // namespace colcomb::cli
