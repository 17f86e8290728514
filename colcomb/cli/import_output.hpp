#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "colcomb/interchange/import.hpp"

namespace colcomb::cli {

/// A table of the nodes: what becomes of each, or what is missing and what to do.
void print_nodes(const interchange::ImportedModel& model);

/// A table of the layers with their limits and the part of their outputs beyond.
void print_layers(const interchange::ImportedModel& model,
                  const std::vector<interchange::ActivationLimit>& limits);

/// Both. `limits`: empty, if none were chosen.
[[nodiscard]] nlohmann::ordered_json to_json(
    const interchange::ImportedModel& model,
    const std::vector<interchange::ActivationLimit>& limits);

}  // namespace colcomb::cli
