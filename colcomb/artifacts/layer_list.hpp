#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb {

/// A [[layer]] table of a network description file; see docs/reference/networks.md.
struct LayerEntry {
  LayerKind kind = LayerKind::kConvolution;  // or kShift
  std::size_t filters = 0;                   // rows of the filter matrix
  std::optional<std::size_t>
      kernel;                        // side of a convolution, reach of a shift; absent: the default
  std::size_t stride = 1;            // in both directions
  std::optional<std::size_t> alpha;  // most columns in a group; absent: the default
  std::string name;                  // "layer" and the table's number unless the file gives one
  std::optional<std::string> residual;  // name of the layer whose output is added
  std::size_t repeat = 1;               // equal layers in a row
  std::size_t conv_groups = 1;          // of a grouped convolution
};

/// A table's place in its file, for errors: "layer 3, kernel".
[[nodiscard]] std::string layer_key(std::size_t table, const char* key);

/// Errors: UserError naming the file `where`, the layer's key, its value and the rule. How layers
/// fit together is not looked at.
[[nodiscard]] std::vector<LayerEntry> parse_layer_list(std::string_view toml,
                                                       const std::string& where);
[[nodiscard]] std::vector<LayerEntry> load_layer_list(const std::filesystem::path& path);

}  // namespace colcomb
