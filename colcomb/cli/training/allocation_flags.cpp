#include "colcomb/cli/training/allocation_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "colcomb/cli/budget_flag.hpp"

namespace colcomb::cli {

void AllocationFlags::add_to(CLI::App& command) {
  add_budget_flag(command, budget);
  add_importance_to(command);
}

void AllocationFlags::add_importance_to(CLI::App& command) {
  command
      .add_option("--importance", importance,
                  fmt::format("What keeping a weight is worth, when combining for an array. {}",
                              fmt::join(allocation::describe_importances(), "; ")))
      ->capture_default_str();
}

training::AllocationOptions AllocationFlags::parsed() const {
  training::AllocationOptions result;
  if (budget) result.budget = allocation::parse_budget(*budget, technology);
  result.importance = allocation::parse_importance(importance);
  return result;
}

}  // namespace colcomb::cli
