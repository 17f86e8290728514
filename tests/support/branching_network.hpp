#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "colcomb/artifacts/network_builder.hpp"

namespace colcomb::tests {

/// A few wide layers with batch norm: a projection shortcut (layer "sum" adds a 3 x 3 product of
/// one map and a 1 x 1 product of stride 2 of another) and a Concat ("joined" reads two maps),
/// which a third layer reads beside what it is added to.
inline NetworkDescription branching_network(InputDescription input, std::size_t classes) {
  NetworkBuilder builder(std::move(input));
  const auto append = [&](const std::string& name, std::size_t filters, std::size_t kernel,
                          std::size_t stride, const auto& change) {
    LayerDescription layer = builder.next(name);
    layer.out_channels = filters;
    layer.kernel = kernel;
    layer.stride = stride;
    layer.columns = convolution_columns(layer.in_channels, kernel);
    change(layer);
    builder.append(std::move(layer));
  };
  const auto read_too = [&](LayerDescription& layer, std::size_t source, std::size_t stride) {
    const LayerDescription& from = builder.hidden()[source];
    for (Column column : convolution_columns(from.out_channels, 1)) {
      column.channel += static_cast<std::int32_t>(layer.in_channels);
      layer.columns.push_back(column);
    }
    layer.in_channels += from.out_channels;
    layer.more_inputs.push_back(
        {source, from.out_channels, from.out_height(), from.out_width(), 1, stride, {}});
  };
  const auto nothing = [](LayerDescription& /*layer*/) {};
  append("stem", 16, 3, 1, nothing);
  append("down", 24, 3, 2, nothing);
  append("sum", 24, 3, 1, [&](LayerDescription& layer) { read_too(layer, 0, 2); });
  append("joined", 16, 1, 1, [&](LayerDescription& layer) { read_too(layer, 1, 1); });
  append("added", 24, 3, 1, [&](LayerDescription& layer) { layer.residual = 2; });
  return std::move(builder).finish(classes);
}

}  // namespace colcomb::tests
