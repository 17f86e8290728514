#include "colcomb/combining/open_groups.hpp"

#include <algorithm>
#include <numeric>

#include "colcomb/combining/kernels.hpp"

namespace colcomb::combining {

void OpenGroups::open(std::size_t k) {
  groups_.push_back({k});
  occupied_.insert(occupied_.end(), pattern_.column(k), pattern_.column(k) + pattern_.words);
  filled_.push_back(pattern_.nonzeros[k]);
  conflicts_.push_back(0);
}

bool OpenGroups::add(std::size_t k, std::size_t group) {
  std::uint32_t overlap = 0;
  count_overlaps(pattern_.column(k), occupied_.data() + group * pattern_.words, pattern_.words, 1,
                 &overlap);
  if (!admits(group, overlap)) return false;
  join(k, group, overlap);
  return true;
}

void OpenGroups::place(std::size_t k) {
  overlaps_.resize(std::max(overlaps_.size(), groups_.size()));
  count_overlaps(pattern_.column(k), occupied_.data(), pattern_.words, groups_.size(),
                 overlaps_.data());
  std::size_t chosen = groups_.size();
  std::uint32_t densest = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (!admits(g, overlaps_[g])) continue;
    const std::uint32_t density = filled_[g] + pattern_.nonzeros[k] - overlaps_[g];
    if (density > densest) {
      densest = density;
      chosen = g;
    }
  }
  if (chosen == groups_.size()) {
    open(k);
  } else {
    join(k, chosen, overlaps_[chosen]);
  }
}

ColumnGroups OpenGroups::result() const {
  ColumnGroups result;
  for (const auto& group : groups_) {
    auto& columns = result.groups.emplace_back();
    for (const std::size_t k : group) columns.push_back(pattern_.columns[k]);
  }
  return result;
}

bool OpenGroups::admits(std::size_t group, std::uint32_t overlap) const {
  return groups_[group].size() < alpha_ && conflicts_[group] + overlap <= limit_;
}

void OpenGroups::join(std::size_t k, std::size_t group, std::uint32_t overlap) {
  groups_[group].push_back(k);
  for (std::size_t w = 0; w < pattern_.words; ++w)
    occupied_[group * pattern_.words + w] |= pattern_.column(k)[w];
  filled_[group] += pattern_.nonzeros[k] - overlap;
  conflicts_[group] += overlap;
}

std::vector<std::size_t> by_falling_density(const ColumnPattern& pattern) {
  std::vector<std::size_t> order(pattern.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return pattern.nonzeros[a] > pattern.nonzeros[b];
  });
  return order;
}

}  // namespace colcomb::combining
