#include "colcomb/allocation/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "colcomb/allocation/allocate.hpp"
#include "colcomb/allocation/candidates.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb::allocation {
namespace {

ArrayCost cost_on(const NetworkDescription& network, const ArrayConfig& array,
                  const std::vector<std::size_t>& groups) {
  ArrayCost cost;
  cost.tiles = cost_of(network, array, Quantity::kTiles, groups);
  cost.interval = cost_of(network, array, Quantity::kInterval, groups);
  cost.frames_per_second = in_unit(Quantity::kFrames, cost.interval, array);
  return cost;
}

ArrayCost fitted_cost(const NetworkDescription& network, const ArrayConfig& array) {
  return cost_on(network, array, fit(network, array).groups);
}

NetworkDescription with_alpha(NetworkDescription network, std::size_t alpha) {
  for (LayerDescription& layer : network.hidden) {
    if (!layer.fixed) layer.alpha = alpha;
  }
  return network;
}

class Advisor {
 public:
  Advisor(const NetworkDescription& network, const std::vector<std::size_t>& groups,
          const ArrayConfig& array)
      : network_(network), groups_(groups), array_(array), fitted_(fit(network, array).groups) {
    report_.array = array.name;
    report_.now = cost_on(network, array, groups);
    report_.fitted = cost_on(network, array, fitted_);
  }

  SuggestionReport run() {
    suggest_groups();
    for (std::size_t i = 0; i < network_.hidden.size(); ++i) {
      if (widens_alone(network_, i)) suggest_widths(i);
    }
    suggest_alphas();
    suggest_shapes();
    return std::move(report_);
  }

 private:
  void add(const char* kind, std::string change, const ArrayCost& cost) {
    report_.suggestions.push_back({kind, std::move(change), cost});
  }

  /// What costs no more than now, layer by layer, and then one column tile more than that.
  void suggest_groups() {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const LayerDescription& layer = network_.layer(i);
      const std::size_t columns = layer.columns.size();
      if (layer.fixed) continue;
      std::vector<std::size_t> more = groups_;
      more[i] = filling_groups(layer, array_, groups_[i]);
      ArrayCost cost = cost_on(network_, array_, more);
      if (more[i] > groups_[i] && cost.interval <= report_.now.interval)
        add("groups", change_of(i, "groups", groups_[i], more[i]), cost);
      const std::size_t tile_more =
          more[i] == columns ? columns : filling_groups(layer, array_, more[i] + 1);
      if (tile_more == more[i]) continue;
      more[i] = tile_more;
      add("groups", change_of(i, "groups", groups_[i], more[i]), cost_on(network_, array_, more));
    }
  }

  void suggest_widths(std::size_t layer) {
    const std::size_t width = network_.hidden[layer].out_channels;
    const std::size_t fewer = width / array_.rows * array_.rows;
    const std::size_t more = ceil_divide(width, array_.rows) * array_.rows;
    for (const std::size_t other : {fewer, more}) {
      if (other == width || other == 0) continue;
      add("width", change_of(layer, "filters", width, other),
          fitted_cost(with_width(network_, layer, other), array_));
    }
  }

  void suggest_alphas() {
    if (array_.cell != CellKind::kMultiplexed && array_.cell != CellKind::kParallel) return;
    for (std::size_t alpha = 1; alpha <= kMaxAlpha; alpha *= 2) {
      if (alpha == array_.alpha) continue;
      ArrayConfig other = array_;
      other.alpha = alpha;
      try_array("alpha", fmt::format("alpha {} in place of {}, all layers", alpha, array_.alpha),
                with_alpha(network_, alpha), other);
    }
  }

  void suggest_shapes() {
    for (const std::size_t factor : {2U, 4U}) {
      if (array_.rows % factor == 0) try_shape(array_.rows / factor, array_.columns * factor);
      if (array_.columns % factor == 0) try_shape(array_.rows * factor, array_.columns / factor);
    }
  }

  void try_shape(std::size_t rows, std::size_t columns) {
    ArrayConfig other = array_;
    other.rows = rows;
    other.columns = columns;
    try_array("array",
              fmt::format("{} x {} cells in place of {} x {}", rows, columns, array_.rows,
                          array_.columns),
              network_, other);
  }

  /// Arrays that cannot be, or cannot take the network, are no suggestion.
  void try_array(const char* kind, const std::string& change, const NetworkDescription& network,
                 const ArrayConfig& array) {
    std::optional<ArrayCost> cost;
    try {
      validate(array, array.name);
      cost = fitted_cost(network, array);
    } catch (const UserError&) {
      return;
    }
    add(kind, change, *cost);
  }

  [[nodiscard]] std::string change_of(std::size_t layer, const char* what, std::size_t from,
                                      std::size_t to) const {
    return fmt::format("{}: {} -> {} {}", network_.layer(layer).name, from, to, what);
  }

  const NetworkDescription& network_;
  const std::vector<std::size_t>& groups_;
  const ArrayConfig& array_;
  std::vector<std::size_t> fitted_;
  SuggestionReport report_;
};

}  // namespace

bool widens_alone(const NetworkDescription& network, std::size_t layer) {
  const auto involved = [&](const LayerDescription& l) {
    return l.fixed || l.conv_groups > 1 || l.residual.has_value();
  };
  const LayerDescription& next = network.layer(layer + 1);
  if (involved(network.hidden[layer]) || involved(next)) return false;
  if (next.source || !next.more_inputs.empty()) return false;
  return std::ranges::none_of(network.hidden, [&](const LayerDescription& l) {
    return l.residual == layer || l.source == layer ||
           std::ranges::any_of(l.more_inputs,
                               [&](const InputPart& input) { return input.source == layer; });
  });
}

NetworkDescription with_width(NetworkDescription network, std::size_t layer, std::size_t channels) {
  COLCOMB_CHECK(widens_alone(network, layer), "other layers depend on this width");
  const std::size_t before = network.hidden[layer].out_channels;
  network.hidden[layer].out_channels = channels;
  LayerDescription& next = network.layer(layer + 1);
  next.in_channels = channels;
  std::vector<Column> columns;
  for (std::size_t c = 0; c < channels; ++c) {
    // Shifts are drawn per channel: a new channel takes those of an old one.
    for (Column column : next.columns) {
      if (static_cast<std::size_t>(column.channel) != c % before) continue;
      column.channel = static_cast<decltype(column.channel)>(c);
      columns.push_back(column);
    }
  }
  next.columns = std::move(columns);
  return network;
}

SuggestionReport suggest(const NetworkDescription& network, const std::vector<std::size_t>& groups,
                         const ArrayConfig& array) {
  COLCOMB_CHECK(groups.size() == network.layer_count(), "one number of groups per layer");
  if (array.cross_layer) {
    throw option_error("array", array.name,
                       "schedule.cross_layer gives every layer an array of its own: there is no "
                       "shared one to fill");
  }
  return Advisor(network, groups, array).run();
}

}  // namespace colcomb::allocation
