#include "colcomb/cli/array_flag.hpp"

namespace colcomb::cli {

void add_array_flag(CLI::App& command, std::string& array) {
  command
      .add_option(
          "--array", array,
          "Systolic array: a description file, FILE.toml (see configs/), or ROWSxCOLUMNS for "
          "MX cells with as many data lines as the network's groups have columns, at least 8")
      ->capture_default_str();
}

}  // namespace colcomb::cli
