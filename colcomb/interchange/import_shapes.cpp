// Nodes that reshape, pad, or compute the shapes for it.
#include <fmt/format.h>

#include <algorithm>

#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

using Integers = std::vector<std::int64_t>;

void require_unpadded(const Value& value) {
  const auto* map = std::get_if<MapValue>(&value.content);
  if (map != nullptr && map->padding.any())
    throw Unsupported{"a padded map must go to a convolution or a pooling"};
}

}  // namespace

std::string GraphImporter::flatten(const OnnxNode& node) {
  Value value = input(node, 0);
  require_unpadded(value);
  const std::int64_t rank = value.shape.flat ? 2 : 4;
  const std::int64_t axis = integer(node, "axis", 1);
  if (axis != 1 && axis != 1 - rank)
    throw Unsupported{fmt::format("axis is {}: must be 1, so that images stay apart", axis)};
  value.shape.flat = true;
  give(node, std::move(value));
  return "the map as one vector";
}

std::string GraphImporter::reshape(const OnnxNode& node) {
  Value value = input(node, 0);
  require_unpadded(value);
  const Integers target = has_input(node, 1) ? integers(node, 1) : list(node, "shape", {});
  const Shape& in = value.shape;
  const auto size = static_cast<std::int64_t>(in.size());
  const Integers map = {static_cast<std::int64_t>(in.channels),
                        static_cast<std::int64_t>(in.height), static_cast<std::int64_t>(in.width)};
  if (integer(node, "allowzero", 0) != 0 && std::ranges::count(target, 0) > 0)
    throw Unsupported{"allowzero is 1 and the shape holds a 0: an empty map has no pixels"};
  const auto open = std::ranges::count(target, -1);
  const bool batch_first = !target.empty() && target[0] >= -1 && open <= 1;
  bool fits = false;
  if (batch_first && target.size() == 2) {
    const bool copies = target[1] == 0 && (in.flat || size == map[0]);
    fits = target[1] == size || target[1] == -1 || copies;
    value.shape.flat = true;
  } else if (batch_first && target.size() == 4) {
    fits = true;
    for (std::size_t i = 0; i < 3; ++i) {
      const bool copies = target[i + 1] == 0 && !in.flat;
      fits = fits && (target[i + 1] == map[i] || target[i + 1] == -1 || copies);
    }
    value.shape.flat = false;
  }
  if (!fits) {
    throw Unsupported{fmt::format(
        "shape has {} dimensions: must turn the {} x {} x {} map of each image into one vector",
        target.size(), in.channels, in.height, in.width)};
  }
  give(node, std::move(value));
  return "the map as one vector";
}

std::string GraphImporter::squeeze(const OnnxNode& node) {
  const Value& given = input(node, 0);
  if (std::holds_alternative<Integers>(given.content)) return pass_through(node);
  Value value = given;
  require_unpadded(value);
  Integers axes = has_input(node, 1) ? integers(node, 1) : list(node, "axes", {});
  for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
  std::ranges::sort(axes);
  if (value.shape.flat || axes != Integers{2, 3} || value.shape.height * value.shape.width != 1)
    throw Unsupported{"must drop height and width (axes 2 and 3) of a 1 x 1 map"};
  value.shape.flat = true;
  give(node, std::move(value));
  return "the map as one vector";
}

std::string GraphImporter::pad(const OnnxNode& node) {
  Value value = input(node, 0);
  if (text(node, "mode", "constant") != "constant") throw Unsupported{"mode must be constant"};
  if (has_input(node, 3)) throw Unsupported{"axes must not be given"};
  if (has_input(node, 2)) {
    const OnnxTensor& constant = float_tensor(node, 2, "constant_value");
    if (constant.floats != std::vector<float>{0}) throw Unsupported{"constant_value must be 0"};
  } else if (real(node, "value", 0) != 0) {
    throw Unsupported{"value must be 0"};
  }
  const Integers pads = has_input(node, 1) ? integers(node, 1) : list(node, "pads", {});
  if (value.shape.flat || pads.size() != 8 || pads[0] != 0 || pads[1] != 0 || pads[4] != 0 ||
      pads[5] != 0)
    throw Unsupported{"must pad height and width of a map alone"};
  std::size_t sides[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const std::int64_t side = pads[i < 2 ? i + 2 : i + 4];
    if (side < 0 || side > 255)
      throw Unsupported{fmt::format("pads has {}: must be 0 to 255", side)};
    sides[i] = static_cast<std::size_t>(side);
  }
  MapValue map = map_input(node, 0);
  map.padding.top += sides[0];
  map.padding.left += sides[1];
  map.padding.bottom += sides[2];
  map.padding.right += sides[3];
  value.shape.height += sides[0] + sides[2];
  value.shape.width += sides[1] + sides[3];
  value.content = map;
  give(node, std::move(value));
  return "padding of the layer that reads it";
}

std::string GraphImporter::constant(const OnnxNode& node) {
  if (node.attributes.size() != 1) throw Unsupported{"must have one attribute, its value"};
  OnnxTensor tensor;
  for (const auto& [name, attribute] : node.attributes) {
    if (const auto* stored = std::get_if<OnnxTensor>(&attribute)) {
      tensor = *stored;
    } else if (const auto* whole = std::get_if<std::int64_t>(&attribute)) {
      tensor.integers = {*whole};
    } else if (const auto* number = std::get_if<float>(&attribute)) {
      tensor.floats = {*number};
    } else if (const auto* wholes = std::get_if<Integers>(&attribute)) {
      tensor.integers = *wholes;
      tensor.dims = {static_cast<std::int64_t>(wholes->size())};
    } else if (const auto* numbers = std::get_if<std::vector<float>>(&attribute)) {
      tensor.floats = *numbers;
      tensor.dims = {static_cast<std::int64_t>(numbers->size())};
    } else {
      throw Unsupported{"its value is of an unexpected type"};
    }
  }
  give(node, {std::move(tensor), {}});
  return "a constant";
}

std::string GraphImporter::shape(const OnnxNode& node) {
  const Value& value = input(node, 0);
  const Shape& s = value.shape;
  Integers result = {0};  // the batch; to a Reshape, 0 means: as it is
  if (s.flat) {
    result.push_back(static_cast<std::int64_t>(s.size()));
  } else {
    for (const std::size_t extent : {s.channels, s.height, s.width})
      result.push_back(static_cast<std::int64_t>(extent));
  }
  give(node, {std::move(result), {}});
  return "a shape";
}

std::string GraphImporter::gather(const OnnxNode& node) {
  const Integers from = integers(node, 0);
  if (integer(node, "axis", 0) != 0) throw Unsupported{"axis must be 0"};
  Integers result;
  for (std::int64_t index : integers(node, 1)) {
    if (index < 0) index += static_cast<std::int64_t>(from.size());
    if (index < 0 || index >= static_cast<std::int64_t>(from.size()))
      throw Unsupported{"indices must lie within the shape"};
    result.push_back(from[static_cast<std::size_t>(index)]);
  }
  give(node, {std::move(result), {}});
  return "a shape";
}

std::string GraphImporter::unsqueeze(const OnnxNode& node) {
  give(node, {integers(node, 0), {}});
  return "a shape";
}

std::string GraphImporter::concat(const OnnxNode& node) {
  Integers result;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (tensor(node, i) == nullptr && !std::holds_alternative<Integers>(input(node, i).content)) {
      throw Unsupported{"joins maps: only residual additions may branch, so this is not supported"};
    }
    const Integers part = integers(node, i);
    result.insert(result.end(), part.begin(), part.end());
  }
  give(node, {std::move(result), {}});
  return "a shape";
}

std::string GraphImporter::cast(const OnnxNode& node) {
  const bool whole = tensor(node, 0) == nullptr
                         ? std::holds_alternative<Integers>(input(node, 0).content)
                         : !tensor(node, 0)->is_float();
  const std::int64_t to = integer(node, "to", 0);
  const bool keeps = whole ? is_integer_type(to) : is_float_type(to);
  if (!keeps) throw Unsupported{"turns integers into numbers with fractions, or the reverse"};
  return pass_through(node);
}

}  // namespace colcomb::interchange
