#include "colcomb/stages/pack_matrices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/artifacts/npy.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/analysis.hpp"
#include "colcomb/combining/magnitude.hpp"

namespace colcomb::stages {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> npy_files(const fs::path& input) {
  if (!fs::is_directory(input)) return {input};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(input)) {
    if (entry.path().extension() == ".npy") files.push_back(entry.path());
  }
  if (files.empty()) throw file_error(input.string(), "", "", "holds no .npy file");
  std::sort(files.begin(), files.end());
  return files;
}

Matrix<float> load_importance(const fs::path& file, const std::vector<NamedMatrix>& matrices) {
  Matrix<float> importance = load_npy(file);
  if (matrices.size() != 1 || importance.rows() != matrices[0].weights.rows() ||
      importance.cols() != matrices[0].weights.cols()) {
    throw option_error("importance", file.string(),
                       fmt::format("is {} x {}: the input must be one matrix of that shape",
                                   importance.rows(), importance.cols()));
  }
  return importance;
}

}  // namespace

std::vector<NamedMatrix> load_matrices(const fs::path& input, std::size_t conv_groups) {
  std::vector<NamedMatrix> matrices;
  for (const fs::path& file : npy_files(input)) {
    const Matrix<float> weights = load_npy(file);
    if (conv_groups == 0 || weights.rows() % conv_groups != 0) {
      throw option_error(
          "conv_groups", fmt::to_string(conv_groups),
          fmt::format("must divide the {} filters of {}", weights.rows(), file.string()));
    }
    matrices.push_back({file.stem().string(), expand_grouped_convolution(weights, conv_groups)});
  }
  return matrices;
}

std::vector<combining::Combined> pack_matrices(const std::vector<NamedMatrix>& matrices,
                                               const PackMatricesOptions& options) {
  const Matrix<float> importance =
      options.importance ? load_importance(*options.importance, matrices) : Matrix<float>();
  std::vector<combining::Combined> combined(matrices.size());
  const std::size_t threads = options.threads > 0 ? options.threads : available_threads();
  parallel_for(matrices.size(), threads, [&](std::size_t i) {
    combining::CombineOptions combine = options.combine;
    combine.grouping.gamma = combining::gamma_of_grouped(
        combine.grouping.gamma, combine.grouping.alpha, options.conv_groups);
    if (options.importance) combine.grouping.importance = &importance;
    if (options.tiles_target > 0) {
      combine.grouping.groups_target =
          combining::groups_for_tiles(options.tiles_target, matrices[i].weights.rows(),
                                      options.array_rows, options.array_columns);
    }
    combined[i] = combining::combine_columns(matrices[i].weights, combine);
  });
  return combined;
}

CombiningReport report_matrices(const std::vector<NamedMatrix>& matrices,
                                const std::vector<combining::Combined>& combined,
                                const PackMatricesOptions& options) {
  std::vector<combining::CombinedLayer> layers;
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    layers.push_back({matrices[i].name, matrices[i].weights, combined[i].mask, combined[i].groups,
                      options.combine.grouping.alpha, 1, options.conv_groups});
  }
  return combining::report_layers(layers, options.array_rows, options.array_columns);
}

void save_packed_matrices(const std::vector<NamedMatrix>& matrices,
                          const std::vector<combining::Combined>& combined,
                          const fs::path& folder) {
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    const PackedMatrix<float> packed =
        pack(combining::masked(matrices[i].weights, combined[i].mask), combined[i].groups);
    nlohmann::ordered_json selects = nlohmann::ordered_json::array();
    for (std::size_t row = 0; row < packed.rows(); ++row) {
      const auto cells = packed.selects.row(row);
      selects.push_back(std::vector<int>(cells.begin(), cells.end()));
    }
    const nlohmann::ordered_json json = {
        {"columns", packed.columns}, {"groups", packed.groups.groups}, {"selects", selects}};
    const fs::path values = folder / (matrices[i].name + ".packed.npy");
    require_writable(values, "out");
    save_npy(packed.values, values);
    write_file_atomically(folder / (matrices[i].name + ".packed.json"),
                          std::string_view(json.dump() + '\n'));
  }
}

}  // namespace colcomb::stages
