// Constant expressions element by element.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {
namespace {

using Kind = OnnxTensor::Kind;
using Real = double (*)(double, double);
using Whole = std::int64_t (*)(std::int64_t, std::int64_t);

/// Modulo 2^64, as integers are in ONNX.
std::int64_t wrapped(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::int64_t quotient(std::int64_t a, std::int64_t b) {
  if (b == 0) throw Unsupported{"divides integers by 0"};
  return b == -1 ? wrapped(0 - static_cast<std::uint64_t>(a)) : a / b;
}

/// Operator set 6 places the second operand by an attribute.
OnnxTensor placed(const OnnxNode& node, const OnnxTensor& a, OnnxTensor b) {
  if (integer_of(node, "broadcast", 0) == 0) return b;
  b.dims = aligned_dims(node, b.dims, a.dims.size());
  return b;
}

OnnxTensor combine(const OnnxTensor& first, const OnnxTensor& second, Real real, Whole whole,
                   std::size_t most) {
  if (first.kind != second.kind) throw Unsupported{"its constants are of two types"};
  const auto dims = broadcast_dims(first.dims, second.dims);
  OnnxTensor a = broadcast(first, dims, most);
  const OnnxTensor b = broadcast(second, dims, most);
  for (std::size_t i = 0; i < a.floats.size(); ++i)
    a.floats[i] = static_cast<float>(real(a.floats[i], b.floats[i]));
  for (std::size_t i = 0; i < a.integers.size(); ++i)
    a.integers[i] = whole(a.integers[i], b.integers[i]);
  return a;
}

/// Any number of operands, as Sum has; two of them for the others.
ConstantOperator combining(Real real, Whole whole, bool two) {
  return [=](const OnnxNode& node, const Constants& in, std::int64_t, std::size_t most) {
    if (two && in.size() != 2) throw Unsupported{"must have two inputs"};
    OnnxTensor result = constant_input(in, 0);
    for (std::size_t i = 1; i < in.size(); ++i) {
      result = combine(result, placed(node, result, constant_input(in, i)), real, whole, most);
    }
    return result;
  };
}

ConstantOperator comparing(bool (*holds)(double, double)) {
  return [=](const OnnxNode&, const Constants& in, std::int64_t, std::size_t most) {
    const OnnxTensor &a = constant_input(in, 0), &b = constant_input(in, 1);
    const auto dims = broadcast_dims(a.dims, b.dims);
    const OnnxTensor x = broadcast(a, dims, most), y = broadcast(b, dims, most);
    if (x.kind != y.kind) throw Unsupported{"its constants are of two types"};
    OnnxTensor result{Kind::kInteger, dims, {}, {}, ""};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const bool yes = x.is_float() ? holds(x.floats[i], y.floats[i])
                                    : holds(static_cast<double>(x.integers[i]),
                                            static_cast<double>(y.integers[i]));
      result.integers.push_back(yes ? 1 : 0);
    }
    return result;
  };
}

ConstantOperator each(double (*real)(double)) {
  return [=](const OnnxNode&, const Constants& in, std::int64_t, std::size_t) {
    OnnxTensor result = constant_input(in, 0);
    for (float& value : result.floats) value = static_cast<float>(real(value));
    for (std::int64_t& value : result.integers) {
      const double changed = real(static_cast<double>(value));
      if (!(std::abs(changed) < 0x1p53)) throw Unsupported{"computes too large an integer"};
      value = static_cast<std::int64_t>(changed);
    }
    return result;
  };
}

OnnxTensor clipped(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t) {
  const auto bound = [&](std::size_t i, const char* name, float otherwise) {
    if (i >= in.size() || in[i] == nullptr) return real_of(node, name, otherwise);
    if (!in[i]->is_float() || in[i]->size() != 1)
      throw Unsupported{fmt::format("{} must be one number", name)};
    return in[i]->floats.front();
  };
  constexpr float kMost = std::numeric_limits<float>::max();
  const float least = bound(1, "min", -kMost), most = bound(2, "max", kMost);
  OnnxTensor result = constant_input(in, 0);
  if (!result.is_float()) throw Unsupported{"clips integers"};
  for (float& value : result.floats) value = std::min(std::max(value, least), most);
  return result;
}

OnnxTensor converted(const OnnxNode& node, const Constants& in, std::int64_t, std::size_t) {
  const std::int64_t to = integer_of(node, "to", 0);
  const OnnxTensor& from = constant_input(in, 0);
  OnnxTensor result{is_float_type(to) ? Kind::kFloat : Kind::kInteger, from.dims, {}, {}, ""};
  if (!is_float_type(to) && !is_integer_type(to))
    throw Unsupported{fmt::format("turns constants into element type {}", to)};
  for (const float value : from.floats) {
    if (is_float_type(to)) {
      result.floats.push_back(value);
    } else if (to == kBoolType) {
      result.integers.push_back(value != 0 ? 1 : 0);
    } else {
      if (!(std::abs(value) < 0x1p31F))
        throw Unsupported{"turns too large a number into an integer"};
      result.integers.push_back(static_cast<std::int64_t>(value));
    }
  }
  for (const std::int64_t value : from.integers) {
    if (is_float_type(to)) {
      result.floats.push_back(static_cast<float>(value));
    } else {
      result.integers.push_back(to == kBoolType ? (value != 0 ? 1 : 0) : value);
    }
  }
  return result;
}

OnnxTensor chosen(const OnnxNode&, const Constants& in, std::int64_t, std::size_t most) {
  (void)constant_integers(in, 0);
  const OnnxTensor &a = constant_input(in, 1), &b = constant_input(in, 2);
  if (a.kind != b.kind) throw Unsupported{"its constants are of two types"};
  const auto dims = broadcast_dims(broadcast_dims(a.dims, b.dims), in[0]->dims);
  const OnnxTensor which = broadcast(*in[0], dims, most);
  OnnxTensor result = broadcast(a, dims, most);
  const OnnxTensor other = broadcast(b, dims, most);
  for (std::size_t i = 0; i < which.integers.size(); ++i) {
    if (which.integers[i] != 0) continue;
    if (result.is_float()) {
      result.floats[i] = other.floats[i];
    } else {
      result.integers[i] = other.integers[i];
    }
  }
  return result;
}

}  // namespace

void add_arithmetic(ConstantOperators& table) {
  using I = std::int64_t;
  using U = std::uint64_t;
  const auto whole_only_min = [](I a, I b) { return std::min(a, b); };
  const auto whole_only_max = [](I a, I b) { return std::max(a, b); };
  const auto plus = [](I a, I b) { return wrapped(static_cast<U>(a) + static_cast<U>(b)); };
  const auto real_plus = [](double a, double b) { return a + b; };
  table["Add"] = combining(real_plus, plus, true);
  table["Sum"] = combining(real_plus, plus, false);
  table["Sub"] =
      combining([](double a, double b) { return a - b; },
                [](I a, I b) { return wrapped(static_cast<U>(a) - static_cast<U>(b)); }, true);
  table["Mul"] =
      combining([](double a, double b) { return a * b; },
                [](I a, I b) { return wrapped(static_cast<U>(a) * static_cast<U>(b)); }, true);
  table["Div"] = combining([](double a, double b) { return a / b; }, quotient, true);
  table["Pow"] =
      combining([](double a, double b) { return std::pow(a, b); },
                [](I, I) -> I { throw Unsupported{"raises integers to a power"}; }, true);
  table["Min"] =
      combining([](double a, double b) { return std::min(a, b); }, whole_only_min, false);
  table["Max"] =
      combining([](double a, double b) { return std::max(a, b); }, whole_only_max, false);
  table["And"] = combining([](double, double) -> double { throw Unsupported{"is of no booleans"}; },
                           [](I a, I b) { return a & b; }, true);
  table["Or"] = combining([](double, double) -> double { throw Unsupported{"is of no booleans"}; },
                          [](I a, I b) { return a | b; }, true);
  table["Equal"] = comparing([](double a, double b) { return a == b; });
  table["Greater"] = comparing([](double a, double b) { return a > b; });
  table["GreaterOrEqual"] = comparing([](double a, double b) { return a >= b; });
  table["Less"] = comparing([](double a, double b) { return a < b; });
  table["LessOrEqual"] = comparing([](double a, double b) { return a <= b; });
  table["Abs"] = each([](double a) { return std::abs(a); });
  table["Ceil"] = each([](double a) { return std::ceil(a); });
  table["Exp"] = each([](double a) { return std::exp(a); });
  table["Floor"] = each([](double a) { return std::floor(a); });
  table["Log"] = each([](double a) { return std::log(a); });
  table["Neg"] = each([](double a) { return -a; });
  table["Not"] = each([](double a) { return a == 0 ? 1.0 : 0.0; });
  table["Reciprocal"] = each([](double a) { return 1 / a; });
  table["Relu"] = each([](double a) { return std::max(a, 0.0); });
  table["Round"] = each([](double a) { return std::nearbyint(a); });
  table["Sign"] = each([](double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : 0.0; });
  table["Sqrt"] = each([](double a) { return std::sqrt(a); });
  table["Cast"] = converted;
  table["Clip"] = clipped;
  table["Where"] = chosen;
}

}  // namespace colcomb::interchange
