#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "colcomb/simulation/exact/array_shape.hpp"

namespace colcomb::tests {

/// A line of shapes.txt.
struct RtlShape {
  std::string name;
  CellKind kind = CellKind::kMultiplexed;
  simulation::ArrayShape shape;
  bool gate_clock = false;

  /// Accumulation wires per row.
  [[nodiscard]] std::size_t acc_wires() const {
    return shape.parallel ? shape.accumulation_bits : shape.streams;
  }
  [[nodiscard]] std::size_t cells() const { return shape.rows * shape.columns; }
};

/// The shape called `name` in the list at `path`.
inline RtlShape read_rtl_shape(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    RtlShape found;
    std::string kind;
    ArrayConfig config;
    if (!(fields >> found.name >> kind) || found.name != name) continue;
    fields >> config.rows >> config.columns >> config.alpha >> config.accumulation_bits >>
        config.double_buffering >> found.gate_clock;
    for (const CellKind cell : {CellKind::kBalanced, CellKind::kInterleaved, CellKind::kMultiplexed,
                                CellKind::kParallel}) {
      if (name_of(cell) == kind) {
        config.cell = found.kind = cell;
        found.shape = simulation::array_shape(config);
        if (!fields) break;
        return found;
      }
    }
    throw std::runtime_error(path.string() + ": cannot read the shape " + name);
  }
  throw std::runtime_error(path.string() + ": no shape " + name);
}

}  // namespace colcomb::tests
