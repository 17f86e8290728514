// Constant expressions that pick elements and join them.
#include <algorithm>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {
namespace {

using Integers = std::vector<std::int64_t>;

OnnxTensor concatenated(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
  const OnnxTensor& first = constant_input(in, 0);
  const std::size_t axis = axis_of(integer_of(node, "axis", 1), first.dims.size());
  OnnxTensor result{first.kind, first.dims, {}, {}, ""};
  result.dims[axis] = 0;
  std::size_t total = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const OnnxTensor& part = constant_input(in, i);
    Integers dims = part.dims;
    if (dims.size() != first.dims.size() || part.kind != first.kind)
      throw Unsupported{"joins constants that do not fit"};
    dims[axis] = first.dims[axis];
    if (dims != first.dims) throw Unsupported{"joins constants that do not fit"};
    result.dims[axis] += part.dims[axis];
    if ((total += part.size()) > most) throw Unsupported{"joins too many elements"};
  }
  std::size_t outer = 1;
  for (std::size_t d = 0; d < axis; ++d) outer *= static_cast<std::size_t>(first.dims[d]);
  for (std::size_t o = 0; o < outer && total > 0; ++o) {
    for (const OnnxTensor* part : in) {
      const auto block = static_cast<std::ptrdiff_t>(part->size() / outer);
      const auto begin = static_cast<std::ptrdiff_t>(o) * block;
      if (part->is_float()) {
        result.floats.insert(result.floats.end(), part->floats.begin() + begin,
                             part->floats.begin() + begin + block);
      } else {
        result.integers.insert(result.integers.end(), part->integers.begin() + begin,
                               part->integers.begin() + begin + block);
      }
    }
  }
  return result;
}

OnnxTensor picked(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
  const OnnxTensor& from = constant_input(in, 0);
  const std::size_t axis = axis_of(integer_of(node, "axis", 0), from.dims.size());
  const Integers& indices = constant_integers(in, 1);
  std::vector<std::size_t> places;
  for (const std::int64_t index : indices) {
    const std::int64_t place = index + (index < 0 ? from.dims[axis] : 0);
    if (place < 0 || place >= from.dims[axis])
      throw Unsupported{"indices must lie within the constant"};
    places.push_back(static_cast<std::size_t>(place));
  }
  Integers dims(from.dims.begin(), from.dims.begin() + static_cast<std::ptrdiff_t>(axis));
  dims.insert(dims.end(), in[1]->dims.begin(), in[1]->dims.end());
  dims.insert(dims.end(), from.dims.begin() + static_cast<std::ptrdiff_t>(axis) + 1,
              from.dims.end());
  const std::size_t inner = strides_of(from.dims)[axis];
  const auto along = static_cast<std::size_t>(from.dims[axis]);
  return gathered(
      from, dims,
      [&](std::size_t i) {
        const std::size_t place = places[i / inner % places.size()];
        return (i / inner / places.size() * along + place) * inner + i % inner;
      },
      most);
}

/// One axis of a Slice: the first index and the step.
struct Cut {
  std::int64_t begin = 0, step = 1;
};

OnnxTensor sliced(const OnnxNode& node, const Constants& in, std::int64_t opset, std::size_t most) {
  const OnnxTensor& from = constant_input(in, 0);
  const bool inputs = opset >= 10;
  const auto given = [&](std::size_t i, const char* name) {
    if (!inputs) return list_of(node, name, {});
    return i < in.size() && in[i] != nullptr ? constant_integers(in, i) : Integers{};
  };
  const Integers starts = given(1, "starts"), ends = given(2, "ends"), steps = given(4, "steps");
  Integers axes = given(3, "axes");
  if (axes.empty()) {
    for (std::size_t d = 0; d < starts.size(); ++d) axes.push_back(static_cast<std::int64_t>(d));
  }
  if (starts.size() != axes.size() || ends.size() != axes.size() ||
      (!steps.empty() && steps.size() != axes.size()))
    throw Unsupported{"starts, ends, axes and steps must be equally many"};
  std::vector<Cut> cuts(from.dims.size());
  Integers dims = from.dims;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const std::size_t axis = axis_of(axes[k], dims.size());
    const std::int64_t extent = from.dims[axis];
    const std::int64_t step = steps.empty() ? 1 : steps[k];
    if (step == 0 || step < -extent - 1 || step > (std::int64_t{1} << 40))
      throw Unsupported{"steps has a number that is none"};
    const auto bounded = [&](std::int64_t at) {
      at += at < 0 ? extent : 0;
      return step > 0 ? std::clamp<std::int64_t>(at, 0, extent)
                      : std::clamp<std::int64_t>(at, -1, extent - 1);
    };
    const std::int64_t begin = bounded(starts[k]), end = bounded(ends[k]);
    const std::int64_t span = step > 0 ? end - begin : begin - end;
    const std::int64_t stride = step > 0 ? step : -step;
    dims[axis] = span <= 0 ? 0 : (span - 1) / stride + 1;
    cuts[axis] = {begin, step};
  }
  const auto in_strides = strides_of(from.dims), out = strides_of(dims);
  return gathered(
      from, dims,
      [&](std::size_t i) {
        std::int64_t at = 0;
        for (std::size_t d = 0; d < dims.size(); ++d) {
          const auto index = static_cast<std::int64_t>(i / out[d]) % dims[d];
          at += (cuts[d].begin + index * cuts[d].step) * static_cast<std::int64_t>(in_strides[d]);
        }
        return static_cast<std::size_t>(at);
      },
      most);
}

}  // namespace

void add_selection(ConstantOperators& table) {
  table["Concat"] = concatenated;
  table["Gather"] = picked;
  table["Slice"] = sliced;
}

}  // namespace colcomb::interchange
