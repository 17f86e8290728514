// Several maps side by side.
#include <fmt/format.h>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {

std::string GraphImporter::concat(const OnnxNode& node) {
  if (node.inputs.empty()) throw Unsupported{"must have an input"};
  Value result = input(node, 0);
  const Shape first = result.shape;
  std::size_t axis = 1;
  if (first.order == Order::kChannelsLast) axis = 3;
  if (first.order == Order::kNoChannels || (first.flat() && first.height * first.width > 1))
    throw Unsupported{"must join maps along their channels, before they are flattened"};
  const std::size_t rank = first.dims().size() + 1;
  if (axis_of(integer(node, "axis", 1), rank) != axis)
    throw Unsupported{fmt::format("axis is {}: must be that of the channels, {}",
                                  integer(node, "axis", 1), axis)};
  MapValue joined = map_input(node, 0);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const MapValue map = map_input(node, i);
    const Shape& shape = input(node, i).shape;
    if (!map.layer) throw Unsupported{"joins the image with other maps: must join layers' outputs"};
    if (shape.height != first.height || shape.width != first.width || shape.order != first.order)
      throw Unsupported{"joins maps of different sizes"};
    if (map.padding.any() || map.averaged != joined.averaged)
      throw Unsupported{"joins padded maps, or means with maps: pad or average what is joined"};
    if (i == 0) continue;
    result.shape.channels += shape.channels;
    MapValue each = map;
    each.joined.clear();
    joined.joined.push_back(each);
    joined.joined.insert(joined.joined.end(), map.joined.begin(), map.joined.end());
  }
  const std::string what =
      fmt::format("{} maps side by side, {} channels: what the layers behind read",
                  1 + joined.joined.size(), result.shape.channels);
  result.content = std::move(joined);
  give(node, std::move(result));
  return what;
}

}  // namespace colcomb::interchange
