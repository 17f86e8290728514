#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/layer_report.hpp"
#include "colcomb/combining/combine.hpp"

namespace colcomb::stages {

/// One filter matrix of a file.
struct NamedMatrix {
  std::string name;       // of the file, without extension
  Matrix<float> weights;  // N x M
};

/// The filter matrices of an .npy file (N x M, or N x C x k x k as N x C * k * k) or of all .npy
/// files of a folder, by name. `conv_groups`: the weights are of convolutions in so many groups,
/// N x C / groups x k x k, and become the full matrix with zeros between the groups.
/// Errors: UserError about the files, or (option_error) if conv_groups does not divide the filters.
[[nodiscard]] std::vector<NamedMatrix> load_matrices(const std::filesystem::path& input,
                                                     std::size_t conv_groups);

/// How matrices are combined.
struct PackMatricesOptions {
  combining::CombineOptions combine;  // of every matrix; gamma may give way, see conv_groups
  std::size_t conv_groups = 1;        // of every matrix (combining::gamma_of_grouped)
  /// Most tiles of array_rows x array_columns for each matrix, in place of a target for the groups;
  /// 0: no such limit.
  std::size_t tiles_target = 0;
  std::size_t array_rows = 32;     // of the array that tiles are counted for
  std::size_t array_columns = 32;  // likewise
  /// .npy of one number per weight that says what keeping it is worth, in place of its magnitude;
  /// for a single matrix, of its shape.
  std::optional<std::filesystem::path> importance;
  std::size_t threads = 0;  // 0: all available
};

/// Combines the columns of each matrix. Gives one result per matrix, in order.
/// Errors: UserError for options out of range or an importance that does not fit.
[[nodiscard]] std::vector<combining::Combined> pack_matrices(
    const std::vector<NamedMatrix>& matrices, const PackMatricesOptions& options);

/// What combining did to each matrix, and in total; each counts for one pixel.
[[nodiscard]] CombiningReport report_matrices(const std::vector<NamedMatrix>& matrices,
                                              const std::vector<combining::Combined>& combined,
                                              const PackMatricesOptions& options);

/// Writes NAME.packed.npy (the N x G values) and NAME.packed.json (columns, groups, selects) for
/// each matrix into the folder, which is made if need be (docs/reference/file-formats.md).
void save_packed_matrices(const std::vector<NamedMatrix>& matrices,
                          const std::vector<combining::Combined>& combined,
                          const std::filesystem::path& folder);

}  // namespace colcomb::stages
