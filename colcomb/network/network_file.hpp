#pragma once

#include <string>
#include <string_view>

#include "colcomb/network/presets.hpp"

namespace colcomb::network {

/// Whether the value of --model names a description file: it ends with .toml.
[[nodiscard]] bool names_network_file(const std::string& model);

/// The network of a file: TOML, one [[layer]] table per layer, in order, without the linear one;
/// see docs/reference/networks.md. Of `options` alpha and shift_kernel hold for layers that give
/// none of their own; `width` must be 1. `where`: the file's name, for errors. Errors: UserError
/// naming the file, the layer's key, its value and the rule.
[[nodiscard]] NetworkDescription parse_network_file(std::string_view toml,
                                                    const PresetOptions& options,
                                                    const std::string& where);

/// By the name of a published network, or of a description file.
[[nodiscard]] NetworkDescription describe_model(const PresetOptions& options);

}  // namespace colcomb::network
