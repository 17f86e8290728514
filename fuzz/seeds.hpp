#pragma once

#include <vector>

#include "colcomb/base/files.hpp"

namespace colcomb::fuzzing {

// Small valid files of each kind, to be mutated: some hundred bytes to some thousand each.
[[nodiscard]] std::vector<Bytes> packed_network_seeds();
[[nodiscard]] std::vector<Bytes> checkpoint_seeds();
[[nodiscard]] std::vector<Bytes> tile_program_seeds();
[[nodiscard]] std::vector<Bytes> idx_seeds();
[[nodiscard]] std::vector<Bytes> cifar_seeds();
[[nodiscard]] std::vector<Bytes> cifar_python_seeds();
[[nodiscard]] std::vector<Bytes> npy_seeds();
[[nodiscard]] std::vector<Bytes> onnx_seeds();
[[nodiscard]] std::vector<Bytes> array_config_seeds();
[[nodiscard]] std::vector<Bytes> layer_list_seeds();
[[nodiscard]] std::vector<Bytes> technology_seeds();

}  // namespace colcomb::fuzzing
