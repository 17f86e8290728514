#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/weight_code.hpp"
#include "colcomb/cli/data_flags.hpp"

namespace colcomb::cli {

/// Images of the training split on which the program makes a choice.
struct CalibrationFlags {
  DataFlags data;
  std::size_t images = 1000;

  /// `purpose`: what is chosen, e.g. "the limits are chosen".
  void add_to(CLI::App& command, const char* purpose = "the pooling's extra bits are chosen");
};

/// `count` evenly spaced images of the training split (all, if it has fewer), so that one sorted by
/// class gives every class: raw, C x H x W each, one after the other.
[[nodiscard]] std::vector<std::uint8_t> calibration_images(const NetworkDescription& network,
                                                           const DataFlags& flags,
                                                           std::size_t count);

/// k of the global average pooling for this network: see quantization::choose_pool_bits.
[[nodiscard]] std::uint32_t calibrate_pool_bits(const FloatNetwork& network,
                                                const CalibrationFlags& flags,
                                                WeightCode weights = WeightCode::kInt8);

}  // namespace colcomb::cli
