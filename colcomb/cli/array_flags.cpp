#include "colcomb/cli/array_flags.hpp"

namespace colcomb::cli {

void ArrayFlags::add_to(CLI::App& command) {
  command
      .add_option("--array", array,
                  "Rows and columns of the systolic array whose tiles are counted")
      ->expected(2)
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
}

}  // namespace colcomb::cli
