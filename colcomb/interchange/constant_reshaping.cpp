// Constant expressions that give constants, or the same elements in another shape or order.
#include <fmt/format.h>

#include <algorithm>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {
namespace {

using Integers = std::vector<std::int64_t>;

OnnxTensor integers(Integers values) {
  OnnxTensor result;
  result.kind = OnnxTensor::Kind::kInteger;
  result.dims = {static_cast<std::int64_t>(values.size())};
  result.integers = std::move(values);
  return result;
}

OnnxTensor constant(const OnnxNode& node, const Constants&, std::int64_t, std::size_t) {
  if (node.attributes.size() != 1) throw Unsupported{"must have one attribute, its value"};
  const OnnxAttribute& value = node.attributes.begin()->second;
  if (const auto* stored = std::get_if<OnnxTensor>(&value)) return *stored;
  if (const auto* list = std::get_if<Integers>(&value)) return integers(*list);
  OnnxTensor result;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    result = integers({*whole});
    result.dims = {};
  } else if (const auto* number = std::get_if<float>(&value)) {
    result.floats = {*number};
  } else if (const auto* numbers = std::get_if<std::vector<float>>(&value)) {
    result.floats = *numbers;
    result.dims = {static_cast<std::int64_t>(numbers->size())};
  } else {
    throw Unsupported{"its value is of an unexpected type"};
  }
  return result;
}

OnnxTensor filled(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
  OnnxTensor one;
  one.dims = {1};
  one.floats = {0};
  const auto found = node.attributes.find("value");
  if (found != node.attributes.end()) {
    const auto* stored = std::get_if<OnnxTensor>(&found->second);
    if (stored == nullptr || stored->size() != 1) throw Unsupported{"value must be one number"};
    one = *stored;
  }
  const Integers& dims = constant_integers(in, 0);
  return gathered(
      one, dims, [](std::size_t) { return std::size_t{0}; }, most);
}

OnnxTensor expanded(const OnnxNode&, const Constants& in, std::int64_t, std::size_t most) {
  const OnnxTensor& from = constant_input(in, 0);
  (void)elements_of(constant_integers(in, 1), most);
  return broadcast(from, broadcast_dims(from.dims, constant_integers(in, 1)), most);
}

OnnxTensor same(const OnnxNode&, const Constants& in, std::int64_t, std::size_t) {
  return constant_input(in, 0);
}

OnnxTensor reshaped(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
  OnnxTensor result = constant_input(in, 0);
  Integers dims = in.size() > 1 ? constant_integers(in, 1) : list_of(node, "shape", {});
  const bool zeros = integer_of(node, "allowzero", 0) != 0;
  std::size_t known = 1;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 0 && !zeros && d < result.dims.size()) dims[d] = result.dims[d];
  }
  Integers given = dims;
  std::erase(given, -1);
  known = elements_of(given, std::max(most, result.size()));
  if (given.size() + 1 == dims.size() && known > 0)
    *std::ranges::find(dims, -1) = static_cast<std::int64_t>(result.size() / known);
  if (elements_of(dims, std::max(most, result.size())) != result.size()) {
    throw Unsupported{fmt::format("its shape does not hold {} elements", result.size())};
  }
  result.dims = std::move(dims);
  return result;
}

OnnxTensor flattened(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
  OnnxTensor result = constant_input(in, 0);
  const std::int64_t axis = integer_of(node, "axis", 1);
  const auto rank = static_cast<std::int64_t>(result.dims.size());
  if (axis < -rank || axis > rank) throw Unsupported{fmt::format("axis is {}", axis)};
  const auto cut = result.dims.begin() + (axis < 0 ? axis + rank : axis);
  const std::size_t limit = std::max(most, result.size());
  const auto front = static_cast<std::int64_t>(elements_of({result.dims.begin(), cut}, limit));
  const auto back = static_cast<std::int64_t>(elements_of({cut, result.dims.end()}, limit));
  result.dims = {front, back};
  return result;
}

Integers axes_of(const OnnxNode& node, const Constants& in) {
  return in.size() > 1 && in[1] != nullptr ? constant_integers(in, 1) : list_of(node, "axes", {});
}

OnnxTensor squeezed(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t) {
  OnnxTensor result = constant_input(in, 0);
  const Integers axes = axes_of(node, in);
  std::vector<bool> dropped(result.dims.size(), false);
  for (const std::int64_t axis : axes) dropped[axis_of(axis, dropped.size())] = true;
  Integers dims;
  for (std::size_t d = 0; d < dropped.size(); ++d) {
    if (dropped[d] && result.dims[d] != 1) throw Unsupported{"drops an axis that is not 1"};
    if (dropped[d] || (axes.empty() && result.dims[d] == 1)) continue;
    dims.push_back(result.dims[d]);
  }
  result.dims = dims;
  return result;
}

OnnxTensor unsqueezed(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t) {
  OnnxTensor result = constant_input(in, 0);
  result.dims = with_axes(result.dims, axes_of(node, in));
  return result;
}

OnnxTensor transposed(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
  const OnnxTensor& from = constant_input(in, 0);
  const std::size_t rank = from.dims.size();
  Integers order(rank);
  for (std::size_t d = 0; d < rank; ++d) order[d] = static_cast<std::int64_t>(rank - 1 - d);
  order = list_of(node, "perm", order);
  Integers sorted = order;
  std::ranges::sort(sorted);
  for (std::size_t d = 0; d < sorted.size(); ++d) {
    if (order.size() != rank || sorted[d] != static_cast<std::int64_t>(d))
      throw Unsupported{"perm must name each axis once"};
  }
  const auto in_strides = strides_of(from.dims);
  Integers dims;
  std::vector<std::size_t> steps;
  for (const std::int64_t axis : order) {
    dims.push_back(from.dims[static_cast<std::size_t>(axis)]);
    steps.push_back(in_strides[static_cast<std::size_t>(axis)]);
  }
  const auto out = strides_of(dims);
  return gathered(
      from, dims,
      [&](std::size_t i) {
        std::size_t at = 0;
        for (std::size_t d = 0; d < rank; ++d)
          at += i / out[d] % static_cast<std::size_t>(dims[d]) * steps[d];
        return at;
      },
      std::max(most, from.size()));
}

OnnxTensor shape(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t) {
  return integers(part_of_shape(node, constant_input(in, 0).dims));
}

OnnxTensor size(const OnnxNode&, const Constants& in, std::int64_t, std::size_t) {
  OnnxTensor result = integers({static_cast<std::int64_t>(constant_input(in, 0).size())});
  result.dims = {};
  return result;
}

}  // namespace

void add_reshaping(ConstantOperators& table) {
  table["Constant"] = constant;
  table["ConstantOfShape"] = filled;
  table["Expand"] = expanded;
  table["Identity"] = same;
  table["Reshape"] = reshaped;
  table["Flatten"] = flattened;
  table["Squeeze"] = squeezed;
  table["Unsqueeze"] = unsqueezed;
  table["Transpose"] = transposed;
  table["Shape"] = shape;
  table["Size"] = size;
}

}  // namespace colcomb::interchange
