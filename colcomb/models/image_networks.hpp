#pragma once

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/models/presets.hpp"

// Internal to the room: published networks for photographs, whose layers read several maps or whose
// stem pools.
namespace colcomb::models {

/// Sides of up to this many pixels get the form in use for small pictures: the stem keeps the size.
inline constexpr std::size_t kSmallPicture = 64;

/// Errors of all: as describe().
[[nodiscard]] NetworkDescription resnet18(const PresetOptions& options);
[[nodiscard]] NetworkDescription resnet34(const PresetOptions& options);
[[nodiscard]] NetworkDescription resnet50(const PresetOptions& options);
[[nodiscard]] NetworkDescription mobilenet_v2(const PresetOptions& options);

/// Channels of a published network times `width`: at other widths than 1 the nearest multiple of 4,
/// at least 4.
[[nodiscard]] std::size_t scaled_channels(std::size_t channels, double width);

/// Errors: UserError (option_error) if width or alpha are out of range, or the input is smaller
/// than the product of the network's strides.
void check_options(const PresetOptions& options, std::size_t widest, std::size_t strides);

}  // namespace colcomb::models
