#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "colcomb/exploration/spec.hpp"

namespace colcomb::exploration {

/// A point of a specification.
struct Point {
  std::size_t index = 0;
  Settings settings;
  /// Name: 16 hexadecimal digits of the digest of the settings, with the content of the files that
  /// they name in place of the files' names, and of what this version of the program computes.
  std::string id;
};

/// All points in the specification's order. Errors: UserError naming a file that cannot be read.
[[nodiscard]] std::vector<Point> points_of(const Spec& spec);

/// The settings whose names begin so, as one text: points of equal text share that work.
[[nodiscard]] std::string part_of(const Settings& settings, std::string_view before);

/// A file that a setting names, which is looked for in the specification's folder.
[[nodiscard]] std::filesystem::path resolve(const Spec& spec, const std::string& file);

}  // namespace colcomb::exploration
