#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/artifacts/layer_report.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// One layer before and after combining. The matrices are only read and must outlive the call.
struct CombinedLayer {
  std::string name;                  // the layer's
  const Matrix<float>& stored;       // N x M weights before pruning
  const Matrix<std::uint8_t>& mask;  // N x M, 1 where a weight survives
  const ColumnGroups& groups;        // over the M columns
  std::size_t alpha = 1;             // most columns in a group
  std::uint64_t pixels = 1;          // output pixels of one image
  /// Of a grouped convolution: its own multiply-accumulates are as many times fewer than the full
  /// matrix's.
  std::size_t conv_groups = 1;
  /// Of a layer that reads several maps: its first column of each further one. No column tile reads
  /// two maps.
  std::vector<std::size_t> further_maps = {};
};

/// The first column of each map that the layer reads beyond its first, as CombinedLayer has them.
[[nodiscard]] std::vector<std::size_t> further_maps(const LayerDescription& layer);

/// Utilization efficiency (paper, section 3.1: packing efficiency): the share of the array's cells
/// that hold a weight, nonzeros / (nonempty_rows * groups); 0 if there is no cell.
[[nodiscard]] double utilization_efficiency(std::size_t nonzeros, std::size_t nonempty_rows,
                                            std::size_t groups);

/// Loads of an array_rows x array_cols array for a rows x groups matrix: ceil(rows / array_rows) *
/// ceil(groups / array_cols). Requires: both array sides are at least 1.
[[nodiscard]] std::size_t count_tiles(std::size_t rows, std::size_t groups, std::size_t array_rows,
                                      std::size_t array_cols);

/// The same of groups of columns, where no load has groups of two maps.
[[nodiscard]] std::size_t count_tiles(std::size_t rows, const ColumnGroups& groups,
                                      const std::vector<std::size_t>& further_maps,
                                      std::size_t array_rows, std::size_t array_cols);

/// What combining did to one layer. A weight counts as nonzero if it is nonzero and, afterwards,
/// its mask is 1. Requires: mask has the shape of stored; both array sides are at least 1.
[[nodiscard]] LayerReport report_layer(const CombinedLayer& layer, std::size_t array_rows,
                                       std::size_t array_cols);

/// Each layer's report and their total: counts, pixels and multiply-accumulates are sums, alpha is
/// the largest, utilization is nonzeros over cells of all layers, and retained magnitude is over
/// all stored weights together.
[[nodiscard]] CombiningReport report_layers(std::span<const CombinedLayer> layers,
                                            std::size_t array_rows, std::size_t array_cols);

}  // namespace colcomb::combining
