#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/base/matrix.hpp"
#include "colcomb/interchange/import.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// A hidden layer's effective weights with its batch norm folded in, N x M.
[[nodiscard]] Matrix<float> folded_weights(const FloatNetwork& network, std::size_t index);

/// `limits`, one per hidden layer and equal for tied ones, raised where a layer's weights in that
/// scale would be beyond 128, the largest that 8 bits hold: a layer whose outputs are all much
/// smaller than what it reads (one that is all but dead) would have such. Its outputs then have
/// coarser steps. Limits that the model itself sets stay, and those of layers with an activation
/// function, whose weights have the scale of the sums.
[[nodiscard]] std::vector<double> with_room_for_weights(const ImportedModel& model,
                                                        std::vector<double> limits);

}  // namespace colcomb::interchange
