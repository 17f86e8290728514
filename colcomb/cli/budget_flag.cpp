#include "colcomb/cli/budget_flag.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "colcomb/allocation/budget.hpp"

namespace colcomb::cli {

void add_budget_flag(CLI::App& command, std::optional<std::string>& budget) {
  command.add_option(
      "--budget", budget,
      fmt::format("QUANTITY=LIMIT: choose all layers' groups together, so that most importance is "
                  "kept while the array keeps the limit; the classifier is combined too. {} [each "
                  "layer: the groups that cost nothing more]",
                  fmt::join(allocation::describe_quantities(), "; ")));
}

}  // namespace colcomb::cli
