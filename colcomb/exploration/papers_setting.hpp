#pragma once

#include "colcomb/exploration/spec.hpp"

namespace colcomb::exploration {

/// Whether settings are the paper's: groups of at most 8 columns and at most half a conflict a row,
/// on average, by its own combining, without an array or a budget to fit (section 3.5). Of a
/// checkpoint's combining: `combine.alpha` and `combine.gamma`. Of training without any `combine`
/// setting: `train.schedule` iterative (Algorithm 1), `train.fit` false, `train.gamma`, and 8 as
/// `train.alpha` or as each of `train.alphas`.
[[nodiscard]] bool is_papers_setting(const Settings& settings);

}  // namespace colcomb::exploration
