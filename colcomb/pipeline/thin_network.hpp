#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "colcomb/pipeline/training_setup.hpp"

namespace colcomb::pipeline {

/// The network without combining: every alpha is 1.
[[nodiscard]] NetworkOptions without_combining(NetworkOptions network);
/// The same network with this alpha in every layer that has one to choose.
[[nodiscard]] NetworkOptions with_alpha(NetworkOptions network, std::size_t alpha);

/// The widest network of the same shape that costs at most `limit`: all widths times the same
/// factor, and for a network in blocks then each block widened, the last first, as long as the cost
/// allows, so that no tile is left partly empty. `cost` must not fall as widths grow by more than a
/// tile does.
/// Errors: UserError (option_error naming `network.name`) for a network whose widths are given by a
/// file or a checkpoint, and if not even the thinnest network is cheap enough.
[[nodiscard]] NetworkOptions thinned(
    const NetworkOptions& network, const std::function<std::uint64_t(const NetworkOptions&)>& cost,
    std::uint64_t limit);

/// "filters 32 64 128", or a published network's name and width.
[[nodiscard]] std::string describe_widths(const NetworkOptions& network);

}  // namespace colcomb::pipeline
