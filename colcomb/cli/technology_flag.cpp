#include "colcomb/cli/technology_flag.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "colcomb/cost/technology.hpp"

namespace colcomb::cli {

CLI::Option* add_technology_flag(CLI::App& command, std::string& technology) {
  return command.add_option(
      "--technology", technology,
      fmt::format("What energy and area are taken from: {}, or a technology file, FILE.toml",
                  fmt::join(cost::technology_names(), ", ")));
}

}  // namespace colcomb::cli
