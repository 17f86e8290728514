// Padding, and nodes that only constants or shapes may go through.
#include <fmt/format.h>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

using Integers = std::vector<std::int64_t>;

}  // namespace

std::string GraphImporter::pad(const OnnxNode& node) {
  Value value = input(node, 0);
  if (text(node, "mode", "constant") != "constant") throw Unsupported{"mode must be constant"};
  if (has_input(node, 2)) {
    const OnnxTensor& constant = float_tensor(node, 2, "constant_value");
    if (constant.floats != std::vector<float>{0}) throw Unsupported{"constant_value must be 0"};
  } else if (real(node, "value", 0) != 0) {
    throw Unsupported{"value must be 0"};
  }
  const std::size_t rank = dims_of(value).size();
  const Integers given = has_input(node, 1) ? integers(node, 1) : list(node, "pads", {});
  Integers axes = has_input(node, 3) ? integers(node, 3) : Integers{};
  if (!has_input(node, 3)) {
    for (std::size_t d = 0; d < rank; ++d) axes.push_back(static_cast<std::int64_t>(d));
  }
  if (value.shape.flat() || value.shape.order == Order::kNoChannels ||
      given.size() != 2 * axes.size())
    throw Unsupported{"must pad height and width of a map alone"};
  Integers before(rank, 0), behind(rank, 0);
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const std::size_t axis = axis_of(axes[k], rank);
    before[axis] = given[k];
    behind[axis] = given[k + axes.size()];
  }
  const std::size_t y = value.shape.order == Order::kChannelsLast ? 1 : 2;
  for (std::size_t d = 0; d < rank; ++d) {
    const bool spatial = d == y || d == y + 1;
    for (const std::int64_t side : {before[d], behind[d]}) {
      if (!spatial && side != 0) throw Unsupported{"must pad height and width of a map alone"};
      if (side < 0 || side > 255)
        throw Unsupported{fmt::format("pads has {}: must be 0 to 255", side)};
    }
  }
  const auto size = [](std::int64_t side) { return static_cast<std::size_t>(side); };
  MapValue map = map_input(node, 0);
  map.padding.top += size(before[y]);
  map.padding.left += size(before[y + 1]);
  map.padding.bottom += size(behind[y]);
  map.padding.right += size(behind[y + 1]);
  value.shape.height += size(before[y] + behind[y]);
  value.shape.width += size(before[y + 1] + behind[y + 1]);
  value.content = map;
  give(node, std::move(value));
  return "padding of the layer that reads it";
}

std::string GraphImporter::gather(const OnnxNode& node) {
  (void)input(node, 0);
  throw Unsupported{"picks parts of a map: a layer reads whole maps",
                    "let the layer behind it have weights of 0 where it should not read"};
}

std::string GraphImporter::cast(const OnnxNode& node) {
  if (!is_float_type(integer(node, "to", 0)))
    throw Unsupported{"turns numbers with fractions into integers",
                      "export the float model: colcomb rounds it itself"};
  return pass_through(node);
}

}  // namespace colcomb::interchange
