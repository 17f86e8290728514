// Constant expressions that sum: reductions and matrix products.
#include <algorithm>
#include <cmath>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {
namespace {

/// Adds a value to what was found so far.
using Step = double (*)(double found, double value);
/// Of what was found in `count` values.
using Last = double (*)(double found, std::size_t count);

ConstantOperator reducing(double first, Step step, Last last) {
  return [=](const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
    const OnnxTensor& from = constant_input(in, 0);
    const std::size_t rank = from.dims.size();
    const auto axes =
        in.size() > 1 && in[1] != nullptr ? constant_integers(in, 1) : list_of(node, "axes", {});
    if (axes.empty() && integer_of(node, "noop_with_empty_axes", 0) != 0) return from;
    std::vector<bool> reduced(rank, axes.empty());
    for (const std::int64_t axis : axes) reduced[axis_of(axis, rank)] = true;
    OnnxTensor result{from.kind, {}, {}, {}, ""};
    std::vector<std::int64_t> kept;
    for (std::size_t d = 0; d < rank; ++d) {
      kept.push_back(reduced[d] ? 1 : from.dims[d]);
      if (!reduced[d] || integer_of(node, "keepdims", 1) != 0) result.dims.push_back(kept.back());
    }
    const std::size_t count = elements_of(kept, most);
    if (from.size() == 0 || count == 0) throw Unsupported{"reduces an empty constant"};
    const auto in_strides = strides_of(from.dims), out_strides = strides_of(kept);
    std::vector<double> found(count, first);
    for (std::size_t i = 0; i < from.size(); ++i) {
      std::size_t at = 0;
      for (std::size_t d = 0; d < rank; ++d) {
        if (!reduced[d])
          at += i / in_strides[d] % static_cast<std::size_t>(from.dims[d]) * out_strides[d];
      }
      found[at] =
          step(found[at], from.is_float() ? from.floats[i] : static_cast<double>(from.integers[i]));
    }
    for (const double value : found) {
      const double done = last(value, from.size() / count);
      if (from.is_float()) {
        result.floats.push_back(static_cast<float>(done));
      } else {
        if (!(std::abs(done) < 0x1p53)) throw Unsupported{"computes too large an integer"};
        result.integers.push_back(static_cast<std::int64_t>(done));
      }
    }
    return result;
  };
}

OnnxTensor product(const OnnxNode&, const Constants& in, std::int64_t, std::size_t most) {
  const OnnxTensor &a = constant_input(in, 0), &b = constant_input(in, 1);
  if (!a.is_float() || !b.is_float() || a.dims.size() != 2 || b.dims.size() != 2 ||
      a.dims[1] != b.dims[0])
    throw Unsupported{"a product of constants must be of two matrices that fit"};
  OnnxTensor result;
  result.dims = {a.dims[0], b.dims[1]};
  const std::size_t count = elements_of(result.dims, most);
  const auto shared = static_cast<std::size_t>(a.dims[1]);
  const auto columns = static_cast<std::size_t>(b.dims[1]);
  // Bounds the time, as `most` does the memory.
  if (shared > 0 && count > (std::size_t{1} << 34) / shared)
    throw Unsupported{"a product of constants is too large", "export with constant folding"};
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < shared; ++k)
      sum += static_cast<double>(a.floats[i / columns * shared + k]) *
             b.floats[k * columns + i % columns];
    result.floats.push_back(static_cast<float>(sum));
  }
  return result;
}

}  // namespace

void add_reductions(ConstantOperators& table) {
  const Step plus = [](double s, double v) { return s + v; };
  const Step squares = [](double s, double v) { return s + v * v; };
  const Last itself = [](double s, std::size_t) { return s; };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  table["ReduceSum"] = reducing(0, plus, itself);
  table["ReduceMean"] =
      reducing(0, plus, [](double s, std::size_t n) { return s / static_cast<double>(n); });
  table["ReduceProd"] = reducing(
      1, [](double s, double v) { return s * v; }, itself);
  table["ReduceMax"] = reducing(
      -kInfinity, [](double s, double v) { return std::max(s, v); }, itself);
  table["ReduceMin"] = reducing(
      kInfinity, [](double s, double v) { return std::min(s, v); }, itself);
  table["ReduceL1"] = reducing(
      0, [](double s, double v) { return s + std::abs(v); }, itself);
  table["ReduceL2"] = reducing(0, squares, [](double s, std::size_t) { return std::sqrt(s); });
  table["ReduceSumSquare"] = reducing(0, squares, itself);
  table["MatMul"] = product;
}

}  // namespace colcomb::interchange
