#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <vector>

namespace colcomb::cli {

/// The array whose tiles a report counts.
struct ArrayFlags {
  std::vector<std::size_t> array = {32, 32};

  void add_to(CLI::App& command);
  [[nodiscard]] std::size_t rows() const { return array[0]; }
  [[nodiscard]] std::size_t cols() const { return array[1]; }
};

}  // namespace colcomb::cli
