#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "colcomb/training/options.hpp"

namespace colcomb::cli {

/// The flags that say within which budget, and by which importance, a network is combined for an
/// array.
struct AllocationFlags {
  std::optional<std::string> budget;
  std::string technology =
      allocation::kDefaultTechnology;  // of an energy budget; no flag of its own
  std::string importance = allocation::name_of(training::AllocationOptions{}.importance);

  void add_to(CLI::App& command);
  void add_importance_to(CLI::App& command);
  /// The array itself is the caller's to add.
  [[nodiscard]] training::AllocationOptions parsed() const;
};

}  // namespace colcomb::cli
