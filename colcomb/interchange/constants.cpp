#include "colcomb/interchange/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {

std::string dimensions(const OnnxTensor& tensor) {
  return fmt::format("{}", fmt::join(tensor.dims, " x "));
}

std::size_t elements_of(const std::vector<std::int64_t>& dims, std::size_t most) {
  std::size_t count = 1;
  bool empty = false;
  for (const std::int64_t extent : dims) {
    if (extent < 0) throw Unsupported{fmt::format("its shape has {}: must be 0 or more", extent)};
    empty = empty || extent == 0;
  }
  if (empty) return 0;
  for (const std::int64_t extent : dims) {
    if (static_cast<std::size_t>(extent) > most / count) {
      throw Unsupported{
          fmt::format("a constant of {} has too many elements", fmt::join(dims, " x ")),
          "store the weights as they are used: export with constant folding"};
    }
    count *= static_cast<std::size_t>(extent);
  }
  return count;
}

const OnnxTensor& constant_input(const Constants& inputs, std::size_t i) {
  if (i >= inputs.size() || inputs[i] == nullptr)
    throw Unsupported{fmt::format("input {} is missing", i)};
  if (inputs[i]->kind == OnnxTensor::Kind::kOther)
    throw Unsupported{fmt::format("input {} is of {}", i, inputs[i]->other_type)};
  return *inputs[i];
}

const std::vector<std::int64_t>& constant_integers(const Constants& inputs, std::size_t i) {
  const OnnxTensor& tensor = constant_input(inputs, i);
  if (!tensor.is_integer()) throw Unsupported{fmt::format("input {} must be integers", i)};
  return tensor.integers;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count)
    throw Unsupported{fmt::format("axis is {}: must be one of {}", axis, rank)};
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::vector<std::size_t> strides_of(const std::vector<std::int64_t>& dims) {
  std::vector<std::size_t> strides(dims.size(), 1);
  for (std::size_t d = dims.size(); d-- > 1;)
    strides[d - 1] = strides[d] * static_cast<std::size_t>(dims[d]);
  return strides;
}

OnnxTensor gathered(const OnnxTensor& source, std::vector<std::int64_t> dims,
                    const std::function<std::size_t(std::size_t)>& from, std::size_t most) {
  OnnxTensor result;
  const std::size_t count = elements_of(dims, most);
  result.dims = std::move(dims);
  result.kind = source.kind;
  for (std::size_t i = 0; i < count; ++i) {
    if (source.is_float()) {
      result.floats.push_back(source.floats.at(from(i)));
    } else {
      result.integers.push_back(source.integers.at(from(i)));
    }
  }
  return result;
}

std::vector<std::int64_t> broadcast_dims(const std::vector<std::int64_t>& a,
                                         const std::vector<std::int64_t>& b) {
  std::vector<std::int64_t> dims(std::max(a.size(), b.size()), 1);
  for (const auto* part : {&a, &b}) {
    const std::size_t skip = dims.size() - part->size();
    for (std::size_t d = 0; d < part->size(); ++d) {
      std::int64_t& extent = dims[skip + d];
      if (extent == (*part)[d] || (*part)[d] == 1) continue;
      if (extent != 1) {
        throw Unsupported{fmt::format("constants of {} and {} do not fit", fmt::join(a, " x "),
                                      fmt::join(b, " x "))};
      }
      extent = (*part)[d];
    }
  }
  return dims;
}

OnnxTensor broadcast(const OnnxTensor& tensor, const std::vector<std::int64_t>& dims,
                     std::size_t most) {
  if (tensor.dims == dims) return tensor;
  if (tensor.dims.size() > dims.size()) throw Unsupported{"a constant has too many dimensions"};
  const std::size_t skip = dims.size() - tensor.dims.size();
  const std::vector<std::size_t> out = strides_of(dims);
  const std::vector<std::size_t> in = strides_of(tensor.dims);
  for (std::size_t d = 0; d < tensor.dims.size(); ++d) {
    if (tensor.dims[d] != 1 && tensor.dims[d] != dims[skip + d])
      throw Unsupported{"a constant does not fit the shape"};
  }
  return gathered(
      tensor, dims,
      [&](std::size_t i) {
        std::size_t at = 0;
        for (std::size_t d = 0; d < tensor.dims.size(); ++d) {
          if (tensor.dims[d] == 1) continue;
          at += i / out[skip + d] % static_cast<std::size_t>(dims[skip + d]) * in[d];
        }
        return at;
      },
      most);
}

std::vector<std::int64_t> with_axes(const std::vector<std::int64_t>& dims,
                                    const std::vector<std::int64_t>& axes) {
  const std::size_t rank = dims.size() + axes.size();
  std::vector<bool> added(rank, false);
  for (const std::int64_t axis : axes) {
    const std::size_t at = axis_of(axis, rank);
    if (added[at]) throw Unsupported{fmt::format("axes names {} twice", axis)};
    added[at] = true;
  }
  std::vector<std::int64_t> result;
  auto next = dims.begin();
  for (std::size_t d = 0; d < rank; ++d) result.push_back(added[d] ? 1 : *next++);
  return result;
}

std::vector<std::int64_t> part_of_shape(const OnnxNode& node,
                                        const std::vector<std::int64_t>& dims) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto place = [&](const char* name, std::int64_t otherwise) {
    const std::int64_t at = integer_of(node, name, otherwise);
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t begin = place("start", 0);
  const std::int64_t end = std::max(begin, place("end", rank));
  return {dims.begin() + begin, dims.begin() + end};
}

std::vector<std::int64_t> aligned_dims(const OnnxNode& node, const std::vector<std::int64_t>& dims,
                                       std::size_t rank) {
  if (integer_of(node, "broadcast", 0) == 0) return dims;
  const auto behind = static_cast<std::int64_t>(rank) - static_cast<std::int64_t>(dims.size());
  const std::int64_t axis = integer_of(node, "axis", behind);
  if (axis < 0 || axis > behind)
    throw Unsupported{fmt::format("axis is {}: must leave room for the second operand", axis)};
  std::vector<std::int64_t> result = dims;
  result.insert(result.end(), static_cast<std::size_t>(behind - axis), 1);
  return result;
}

const ConstantOperators& constant_operators() {
  static const ConstantOperators table = [] {
    ConstantOperators made;
    add_arithmetic(made);
    add_reductions(made);
    add_reshaping(made);
    add_selection(made);
    return made;
  }();
  return table;
}

OnnxTensor evaluate_constant(const OnnxNode& node, const Constants& inputs, std::int64_t opset,
                             std::size_t most_elements) {
  OnnxTensor result = constant_operators().at(node.op)(node, inputs, opset, most_elements);
  if (!std::ranges::all_of(result.floats, [](float v) { return std::isfinite(v); }))
    throw Unsupported{"computes a constant that is not finite"};
  return result;
}

}  // namespace colcomb::interchange
