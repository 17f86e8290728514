#pragma once

#include <string>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::tiling {

/// How messages name an array.
[[nodiscard]] inline std::string name_in_errors(const ArrayConfig& config) {
  return config.name.empty() ? "array" : "array " + config.name;
}

/// A layer that the array cannot take.
[[nodiscard]] inline UserError layer_error(const ArrayConfig& config, const LayerDescription& layer,
                                           const std::string& field, const std::string& value,
                                           const std::string& rule) {
  return file_error(name_in_errors(config), "layer " + layer.name + ": " + field, value, rule);
}

}  // namespace colcomb::tiling
