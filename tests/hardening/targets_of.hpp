#pragma once

#include <algorithm>
#include <ostream>
#include <vector>

#include "fuzz/targets.hpp"

namespace colcomb::fuzzing {

inline void PrintTo(const Target& target, std::ostream* stream) {
  *stream << target.name;
}

/// The fuzz targets whose files have one of `forms`.
inline std::vector<Target> targets_of(const std::vector<Form>& forms) {
  std::vector<Target> chosen;
  for (const Target& target : targets()) {
    if (std::ranges::find(forms, target.form) != forms.end()) chosen.push_back(target);
  }
  return chosen;
}

}  // namespace colcomb::fuzzing
