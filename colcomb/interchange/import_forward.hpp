#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "colcomb/interchange/import.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// The hidden layers' outputs for one raw image, in the model's own numbers; `see` is called for
/// each layer with its output, N x height x width. Requires: model.supported().
void forward_hidden(const ImportedModel& model, std::span<const std::uint8_t> image,
                    const std::function<void(std::size_t layer, std::span<const float>)>& see);

}  // namespace colcomb::interchange
