#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::page {

// docs/reference/cycle-model.md, "Worked example".

[[nodiscard]] QuantizedNetwork worked_network();
[[nodiscard]] ArrayConfig worked_array();
/// 5 channels x 1 x 3.
[[nodiscard]] std::vector<std::uint8_t> worked_image();

}  // namespace colcomb::page
