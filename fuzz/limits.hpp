#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "fuzz/targets.hpp"

// What the targets share.
namespace colcomb::fuzzing {

/// Bytes that reading `content` may allocate: 1 MiB, and `growth` for each of its bytes.
[[nodiscard]] std::size_t allowance(std::span<const std::byte> content, std::size_t growth);

/// Whether running the network once takes more than a moment.
[[nodiscard]] bool too_large(const NetworkDescription& network);

[[nodiscard]] std::vector<std::uint8_t> some_image(const InputDescription& input);

/// The network quantized and run on one image by all implementations, which must agree. Numbers
/// that no scale can hold may be refused. Requires: validate(network) passes.
[[nodiscard]] Outcome quantize_and_run(const FloatNetwork& network);

}  // namespace colcomb::fuzzing
