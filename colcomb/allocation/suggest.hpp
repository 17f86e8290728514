#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/suggestion_report.hpp"

namespace colcomb::allocation {

/// The network with so many output channels in hidden layer `layer`, whose new channels the next
/// layer reads as it reads the last ones, with the same offsets; columns are cut off or repeated.
/// Requires: widens_alone(network, layer).
[[nodiscard]] NetworkDescription with_width(NetworkDescription network, std::size_t layer,
                                            std::size_t channels);
/// Whether a layer's width concerns itself and the next layer alone: no residual addition, grouped
/// convolution or layer of fixed weights is involved.
[[nodiscard]] bool widens_alone(const NetworkDescription& network, std::size_t layer);

/// What would be free or cheap on an array, and what would save clocks, each by the closed form of
/// the whole network: more groups for a layer at no cost, and for the next column tile; widths that
/// fill a layer's last row tile or leave it out; other alphas of the cells; arrays of as many cells
/// in another shape. `groups`: of each layer now, the classifier last.
/// Errors: UserError as cost_of; naming schedule.cross_layer.
[[nodiscard]] SuggestionReport suggest(const NetworkDescription& network,
                                       const std::vector<std::size_t>& groups,
                                       const ArrayConfig& array);

}  // namespace colcomb::allocation
