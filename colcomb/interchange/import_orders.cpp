// How the graph orders dimensions: nodes that move between the orders change no number.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {
namespace {

using Integers = std::vector<std::int64_t>;

void require_unpadded(const Value& value) {
  const auto* map = std::get_if<MapValue>(&value.content);
  if (map != nullptr && map->padding.any())
    throw Unsupported{"a padded map must go to a convolution or a pooling"};
}

bool last_order(Order order) {
  return order == Order::kChannelsLast || order == Order::kVectorLast;
}

std::string in_words(Order order) {
  switch (order) {
    case Order::kChannelsFirst:
      return "the same map, channels first";
    case Order::kChannelsLast:
      return "the same map, channels last";
    case Order::kNoChannels:
      return "the same map, of one channel";
    case Order::kVector:
    case Order::kVectorLast:
      break;
  }
  return "the map as one vector";
}

/// The order of dimensions in which the value's elements, as they stand, have these extents.
std::optional<Order> order_with(const Shape& shape, const Integers& dims) {
  using Candidates = std::array<Order, 4>;
  const Candidates candidates = last_order(shape.order)
                                    ? Candidates{Order::kChannelsLast, Order::kVectorLast,
                                                 Order::kChannelsFirst, Order::kNoChannels}
                                    : Candidates{Order::kChannelsFirst, Order::kNoChannels,
                                                 Order::kVector, Order::kChannelsLast};
  const bool any_order = shape.channels == 1 || shape.height * shape.width == 1;
  for (const Order order : candidates) {
    if (order == Order::kNoChannels && shape.channels != 1) continue;
    Shape wanted = shape;
    wanted.order = order;
    if (wanted.dims() == dims && (any_order || last_order(order) == last_order(shape.order)))
      return order;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::int64_t> Shape::dims() const {
  const auto c = static_cast<std::int64_t>(channels);
  const auto h = static_cast<std::int64_t>(height);
  const auto w = static_cast<std::int64_t>(width);
  switch (order) {
    case Order::kChannelsFirst:
      return {c, h, w};
    case Order::kChannelsLast:
      return {h, w, c};
    case Order::kNoChannels:
      return {h, w};
    case Order::kVector:
    case Order::kVectorLast:
      break;
  }
  return {c * h * w};
}

void require_map(const Shape& shape) {
  if (shape.flat()) throw Unsupported{"must read a map, not a vector"};
  if (shape.order == Order::kChannelsLast) {
    throw Unsupported{"reads a channels-last map: must be batch x channels x height x width",
                      "export with the Transpose that the framework puts in front of it"};
  }
  if (shape.order == Order::kNoChannels)
    throw Unsupported{"reads a map without a channel axis: an Unsqueeze must come before"};
}

Integers GraphImporter::dims_of(const Value& value) const {
  Integers dims = {batch_};
  for (const std::int64_t extent : value.shape.dims()) dims.push_back(extent);
  return dims;
}

std::string GraphImporter::reshape_to(const OnnxNode& node, Value value, const Integers& target) {
  require_unpadded(value);
  // What the batch is called: itself, or, before all others, whatever is left.
  const bool batch_first = !target.empty() && target.front() == batch_;
  const auto order = batch_first
                         ? order_with(value.shape, Integers(target.begin() + 1, target.end()))
                         : std::nullopt;
  if (!order) {
    throw Unsupported{fmt::format(
        "makes {} of {}: must turn the {} x {} x {} map of each image into one vector, or the "
        "reverse",
        fmt::join(target, " x "), fmt::join(dims_of(value), " x "), value.shape.channels,
        value.shape.height, value.shape.width)};
  }
  value.shape.order = *order;
  give(node, std::move(value));
  return in_words(*order);
}

std::string GraphImporter::flatten(const OnnxNode& node) {
  Value value = input(node, 0);
  const auto rank = static_cast<std::int64_t>(value.shape.dims().size()) + 1;
  const std::int64_t axis = integer(node, "axis", 1);
  if (axis != 1 && axis != 1 - rank)
    throw Unsupported{fmt::format("axis is {}: must be 1, so that images stay apart", axis)};
  const auto size = static_cast<std::int64_t>(value.shape.size());
  return reshape_to(node, std::move(value), {batch_, size});
}

std::string GraphImporter::reshape(const OnnxNode& node) {
  Value value = input(node, 0);
  Integers target = has_input(node, 1) ? integers(node, 1) : list(node, "shape", {});
  if (integer(node, "allowzero", 0) != 0 && std::ranges::count(target, 0) > 0)
    throw Unsupported{"allowzero is 1 and the shape holds a 0: an empty map has no pixels"};
  const Integers own = dims_of(value);
  for (std::size_t d = 0; d < target.size(); ++d) {
    if (target[d] == 0 && d < own.size()) target[d] = own[d];
  }
  const auto open = std::ranges::find(target, -1);
  if (open != target.end()) {
    // The extent that is left, if the others divide the elements.
    auto left = static_cast<std::int64_t>(value.shape.size()) * batch_;
    for (const std::int64_t extent : target) {
      if (extent > 0) left = left % extent == 0 ? left / extent : 0;
    }
    *open = left;
  }
  return reshape_to(node, std::move(value), target);
}

std::string GraphImporter::squeeze(const OnnxNode& node) {
  Value value = input(node, 0);
  const Integers own = dims_of(value);
  const Integers axes = has_input(node, 1) ? integers(node, 1) : list(node, "axes", {});
  std::vector<bool> dropped(own.size(), false);
  for (const std::int64_t axis : axes) dropped[axis_of(axis, own.size())] = true;
  Integers target;
  for (std::size_t d = 0; d < own.size(); ++d) {
    if (dropped[d] && own[d] != 1)
      throw Unsupported{fmt::format("drops an axis of {}: must be 1", own[d])};
    if (!dropped[d] && (!axes.empty() || own[d] != 1 || d == 0)) target.push_back(own[d]);
  }
  return reshape_to(node, std::move(value), target);
}

std::string GraphImporter::unsqueeze(const OnnxNode& node) {
  Value value = input(node, 0);
  const Integers axes = has_input(node, 1) ? integers(node, 1) : list(node, "axes", {});
  const Integers target = with_axes(dims_of(value), axes);
  return reshape_to(node, std::move(value), target);
}

std::string GraphImporter::transpose(const OnnxNode& node) {
  Value value = input(node, 0);
  const Integers own = dims_of(value);
  Integers perm(own.size());
  for (std::size_t d = 0; d < perm.size(); ++d)
    perm[d] = static_cast<std::int64_t>(perm.size() - 1 - d);
  perm = list(node, "perm", perm);
  const Order order = value.shape.order;
  const bool to_last = order == Order::kChannelsFirst && perm == Integers{0, 2, 3, 1};
  const bool to_first = order == Order::kChannelsLast && perm == Integers{0, 3, 1, 2};
  if (to_last || to_first) {
    value.shape.order = to_last ? Order::kChannelsLast : Order::kChannelsFirst;
    give(node, std::move(value));
    return in_words(to_last ? Order::kChannelsLast : Order::kChannelsFirst);
  }
  // Where axes of 1 alone move, the elements keep their order.
  Integers target, moved;
  for (const std::int64_t axis : perm) {
    const std::size_t from = axis_of(axis, own.size());
    target.push_back(own[from]);
    if (own[from] != 1) moved.push_back(static_cast<std::int64_t>(from));
  }
  if (perm.size() != own.size() || perm.front() != 0 || !std::ranges::is_sorted(moved)) {
    throw Unsupported{
        fmt::format("perm is {}: must move the channels of a map behind its pixels or before them",
                    fmt::join(perm, ", "))};
  }
  return reshape_to(node, std::move(value), target);
}

std::string GraphImporter::shape(const OnnxNode& node) {
  OnnxTensor result;
  result.kind = OnnxTensor::Kind::kInteger;
  result.integers = part_of_shape(node, dims_of(input(node, 0)));
  result.dims = {static_cast<std::int64_t>(result.integers.size())};
  give(node, {std::move(result), {}});
  return "a shape";
}

}  // namespace colcomb::interchange
