#include "colcomb/dataset/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::dataset {
namespace {

constexpr std::uint64_t kHoldOutPurpose = 0x686f6c64;  // "hold"

std::size_t share(double ratio, std::size_t count) {
  return static_cast<std::size_t>(std::llround(ratio * static_cast<double>(count)));
}

/// Positions in `indices` of each class's pictures, rising.
std::vector<std::vector<std::size_t>> positions_by_class(std::span<const std::size_t> indices,
                                                         std::span<const std::int32_t> labels,
                                                         std::size_t classes) {
  std::vector<std::vector<std::size_t>> positions(classes);
  for (std::size_t position = 0; position < indices.size(); ++position) {
    COLCOMB_CHECK(indices[position] < labels.size(), "picture without a label");
    const std::int32_t label = labels[indices[position]];
    COLCOMB_CHECK(label >= 0 && static_cast<std::size_t>(label) < classes, "label without a class");
    positions[static_cast<std::size_t>(label)].push_back(position);
  }
  return positions;
}

}  // namespace

std::vector<std::size_t> stratified_first(std::span<const std::int32_t> labels, std::size_t classes,
                                          double ratio) {
  if (!(ratio > 0 && ratio <= 1))
    throw option_error("data.sample_ratio", fmt::format("{}", ratio), "must be above 0, at most 1");
  std::vector<std::size_t> everything(labels.size());
  std::iota(everything.begin(), everything.end(), std::size_t{0});
  std::vector<std::size_t> chosen;
  for (const auto& members : positions_by_class(everything, labels, classes)) {
    const std::size_t count =
        std::min(members.size(), std::max<std::size_t>(1, share(ratio, members.size())));
    chosen.insert(chosen.end(), members.begin(),
                  members.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

HoldOut hold_out(std::span<const std::size_t> indices, std::span<const std::int32_t> labels,
                 std::size_t classes, double ratio, std::uint64_t seed) {
  if (!(ratio >= 0 && ratio < 1))
    throw option_error("data.validation_ratio", fmt::format("{}", ratio),
                       "must be at least 0, below 1");
  auto by_class = positions_by_class(indices, labels, classes);
  std::vector<bool> set_aside(indices.size(), false);
  for (std::size_t c = 0; c < classes && ratio > 0; ++c) {
    auto& members = by_class[c];
    if (members.size() < 2) continue;
    Random::stream(seed, kHoldOutPurpose, c).shuffle(members);
    const std::size_t count =
        std::clamp<std::size_t>(share(ratio, members.size()), 1, members.size() - 1);
    for (std::size_t i = 0; i < count; ++i) set_aside[members[i]] = true;
  }
  HoldOut parts;
  for (std::size_t position = 0; position < indices.size(); ++position)
    (set_aside[position] ? parts.validation : parts.train).push_back(indices[position]);
  return parts;
}

}  // namespace colcomb::dataset
