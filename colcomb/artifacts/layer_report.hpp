#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace colcomb {

/// What column combining did to one layer.
struct LayerReport {
  std::string name;                 // the layer's
  std::size_t rows = 0;             // N filters
  std::size_t columns = 0;          // M columns before combining
  std::size_t alpha = 1;            // most columns in a group
  std::size_t nonzeros_before = 0;  // weights before pruning
  std::size_t nonzeros = 0;         // weights after combining
  std::size_t nonempty_rows = 0;    // rows with a nonzero
  std::size_t groups = 0;           // G columns after combining
  double utilization = 0;           // nonzeros / (nonempty_rows * groups)
  double retained_magnitude = 1;    // sum of surviving |w| / sum of |w| before combining
  /// What no grouping into as many groups of at most alpha columns can retain more than, whatever
  /// its gamma (combining/bound.hpp). Absent where groups leave nonzero columns out, or of layers
  /// of more than 5,000 columns.
  std::optional<double> retained_magnitude_bound;
  std::size_t tiles_before = 0;  // loads of the R x C array without combining
  std::size_t tiles = 0;         // and with it
  std::uint64_t pixels = 1;      // output pixels of one image
  /// N * M * pixels / conv_groups: dense multiply-accumulates of one image.
  std::uint64_t macs_before = 0;
  std::uint64_t macs = 0;  // N * G * pixels: cells that work for one image
};

/// Sums over layers, same units.
struct CombiningReport {
  std::size_t array_rows = 32;      // of the array that tiles are counted for
  std::size_t array_cols = 32;      // likewise
  std::vector<LayerReport> layers;  // in the network's order
  LayerReport total;  // utilization and retained magnitude weighted by cells and by magnitude
};

}  // namespace colcomb
