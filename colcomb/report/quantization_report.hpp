#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "colcomb/artifacts/quantization_check.hpp"

namespace colcomb::report {

/// A table of each layer's outputs, a table of what each layer's quantization costs, and a sentence
/// that names the most costly one.
[[nodiscard]] std::string quantization_table(const QuantizationCheck& check);

/// The same for machines; ratios in decibels are null where there is no noise.
[[nodiscard]] nlohmann::ordered_json to_json(const QuantizationCheck& check);

}  // namespace colcomb::report
