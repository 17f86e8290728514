#pragma once

#include <string>
#include <vector>

#include "colcomb/artifacts/layer_list.hpp"
#include "colcomb/models/presets.hpp"

namespace colcomb::models {

/// Whether PresetOptions::name is the path of a description file: it ends with .toml.
[[nodiscard]] bool names_network_file(const std::string& model);

/// The network of a description file's layers. Of `options` alpha and shift_kernel hold for layers
/// that give none of their own, alpha not for the first; `width` must be 1. `where`: the file.
/// Errors: UserError naming the file, the layer's key, its value and the rule.
[[nodiscard]] NetworkDescription describe(const std::vector<LayerEntry>& layers,
                                          const PresetOptions& options, const std::string& where);

/// By the name of a published network, or of a description file.
[[nodiscard]] NetworkDescription describe_model(const PresetOptions& options);

}  // namespace colcomb::models
