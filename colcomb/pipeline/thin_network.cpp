#include "colcomb/pipeline/thin_network.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "colcomb/base/error.hpp"

namespace colcomb::pipeline {
namespace {

constexpr std::size_t kGrid = 64;  // factors are k / 64

NetworkOptions scaled(const NetworkOptions& network, std::size_t k) {
  NetworkOptions result = network;
  if (!network.model.name.empty()) {
    result.model.width *= static_cast<double>(k) / kGrid;
    return result;
  }
  for (std::size_t& filters : result.blocks.filters)
    filters = std::max<std::size_t>(1, filters * k / kGrid);
  return result;
}

}  // namespace

NetworkOptions with_alpha(NetworkOptions network, std::size_t alpha) {
  network.alpha_of_array = false;
  network.model.alpha = alpha;
  network.blocks.groups.assign(network.blocks.filters.size(), alpha);
  return network;
}

NetworkOptions without_combining(NetworkOptions network) {
  return with_alpha(std::move(network), 1);
}

NetworkOptions thinned(const NetworkOptions& network,
                       const std::function<std::uint64_t(const NetworkOptions&)>& cost,
                       std::uint64_t limit) {
  if (network.as_loaded || network.model.name.ends_with(".toml")) {
    throw option_error("network.name", network.model.name,
                       "has widths of its own: only networks in blocks and published ones can be "
                       "made thinner");
  }
  std::size_t k = kGrid;
  while (k > 0 && cost(scaled(network, k)) > limit) --k;
  if (k == 0) {
    throw option_error("network.name", describe_widths(network),
                       fmt::format("no thinner network costs as little as {}", limit));
  }
  NetworkOptions result = scaled(network, k);
  if (!network.model.name.empty()) return result;
  auto& filters = result.blocks.filters;
  for (std::size_t block = filters.size(); block-- > 0;) {
    for (std::size_t wider = network.blocks.filters[block]; wider > filters[block]; --wider) {
      NetworkOptions trial = result;
      trial.blocks.filters[block] = wider;
      if (cost(trial) > limit) continue;
      filters[block] = wider;
      break;
    }
  }
  return result;
}

std::string describe_widths(const NetworkOptions& network) {
  if (!network.model.name.empty())
    return fmt::format("{} x {:.3g}", network.model.name, network.model.width);
  return fmt::format("filters {}", fmt::join(network.blocks.filters, " "));
}

}  // namespace colcomb::pipeline
