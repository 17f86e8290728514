#pragma once

#include <cstdint>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tests {

// The machine of docs/reference/cycle-model.md, "Worked example".

inline QuantizedNetwork worked_network() {
  return pointwise_network(1, 3,
                           Matrix<std::int8_t>(3, 5,
                                               {3, 0, -2, 0, 1,  //
                                                0, 5, 0, 1, 0,   //
                                                -1, 0, 0, 2, 4}),
                           {{{0, 1}, {2, 3}, {4}}},
                           Matrix<std::int8_t>(2, 3,
                                               {1, 0, 1,  //
                                                0, 2, -1}),
                           {{{0, 1}, {2}}});
}

inline ArrayConfig worked_array() {
  ArrayConfig config;
  config.name = "worked";
  config.rows = config.columns = config.alpha = 2;
  config.data_bytes = 200;
  config.input_bytes = 200;
  config.residual_bytes = config.residual_input_bytes = 0;
  config.output_bytes = 40;
  config.weight_bytes = 24;
  config.partial_sum_bytes = 24;
  config.bank_ports = 1;
  config.dram_bytes_per_clock = 2;
  config.dram_burst_bytes = 4;
  config.dram_latency = 3;
  return config;
}

/// 5 channels x 1 x 3.
inline std::vector<std::uint8_t> worked_image() {
  return {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};
}

}  // namespace colcomb::tests
