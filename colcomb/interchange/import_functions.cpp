#include "colcomb/interchange/import_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/interchange/node_attributes.hpp"

namespace colcomb::interchange {
namespace {

using Scalar = std::function<double(double)>;

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

double hard_sigmoid(double x, double alpha, double beta) {
  return std::clamp(alpha * x + beta, 0.0, 1.0);
}

double gelu(double x, bool by_tanh) {
  if (!by_tanh) return x / 2 * (1 + std::erf(x / std::numbers::sqrt2));
  const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return x / 2 * (1 + std::tanh(inner));
}

double elu(double x, double alpha) {
  return x >= 0 ? x : alpha * std::expm1(x);
}

/// Makes a node's function from its attributes.
using Maker = Scalar (*)(const OnnxNode&);

/// `activation`: a function by itself; the others are parts of functions only where what is around
/// them says so, since alone they are read otherwise, or not at all.
struct Unary {
  bool activation;
  Maker make;
};

double attribute(const OnnxNode& node, const char* name, double usual) {
  return real_of(node, name, static_cast<float>(usual));
}

const std::map<std::string, Unary>& unary_operators() {
  static const std::map<std::string, Unary> table = {
      {"Abs",
       {true, [](const OnnxNode&) -> Scalar { return [](double x) { return std::abs(x); }; }}},
      {"Celu",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const double alpha = attribute(node, "alpha", 1);
          return [alpha](double x) { return x >= 0 ? x : alpha * std::expm1(x / alpha); };
        }}},
      {"Dropout", {false, [](const OnnxNode&) -> Scalar { return [](double x) { return x; }; }}},
      {"Elu",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const double alpha = attribute(node, "alpha", 1);
          return [alpha](double x) { return elu(x, alpha); };
        }}},
      {"Erf",
       {true, [](const OnnxNode&) -> Scalar { return [](double x) { return std::erf(x); }; }}},
      {"Exp",
       {true, [](const OnnxNode&) -> Scalar { return [](double x) { return std::exp(x); }; }}},
      {"Gelu",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const bool by_tanh = text_of(node, "approximate", "none") == "tanh";
          return [by_tanh](double x) { return gelu(x, by_tanh); };
        }}},
      {"HardSigmoid",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const double alpha = attribute(node, "alpha", 0.2);
          const double beta = attribute(node, "beta", 0.5);
          return [alpha, beta](double x) { return hard_sigmoid(x, alpha, beta); };
        }}},
      {"HardSwish",
       {true,
        [](const OnnxNode&) -> Scalar {
          return [](double x) { return x * hard_sigmoid(x, 1.0 / 6, 0.5); };
        }}},
      {"Identity", {false, [](const OnnxNode&) -> Scalar { return [](double x) { return x; }; }}},
      {"LeakyRelu",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const double alpha = attribute(node, "alpha", 0.01);
          return [alpha](double x) { return x >= 0 ? x : alpha * x; };
        }}},
      {"Mish",
       {true,
        [](const OnnxNode&) -> Scalar {
          return [](double x) { return x * std::tanh(softplus(x)); };
        }}},
      {"Neg", {false, [](const OnnxNode&) -> Scalar { return [](double x) { return -x; }; }}},
      {"Reciprocal",
       {false, [](const OnnxNode&) -> Scalar { return [](double x) { return 1 / x; }; }}},
      {"Relu",
       {false,
        [](const OnnxNode&) -> Scalar { return [](double x) { return std::max(x, 0.0); }; }}},
      {"Selu",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const double alpha = attribute(node, "alpha", 1.67326319217681884765625);
          const double gamma = attribute(node, "gamma", 1.05070102214813232421875);
          return [alpha, gamma](double x) { return gamma * elu(x, alpha); };
        }}},
      {"Sigmoid", {true, [](const OnnxNode&) -> Scalar { return sigmoid; }}},
      {"Softplus", {true, [](const OnnxNode&) -> Scalar { return softplus; }}},
      {"Softsign",
       {true,
        [](const OnnxNode&) -> Scalar { return [](double x) { return x / (1 + std::abs(x)); }; }}},
      {"Sqrt",
       {false, [](const OnnxNode&) -> Scalar { return [](double x) { return std::sqrt(x); }; }}},
      {"Tanh",
       {true, [](const OnnxNode&) -> Scalar { return [](double x) { return std::tanh(x); }; }}},
      {"ThresholdedRelu",
       {true,
        [](const OnnxNode& node) -> Scalar {
          const double alpha = attribute(node, "alpha", 1);
          return [alpha](double x) { return x > alpha ? x : 0; };
        }}},
  };
  return table;
}

/// Names stay readable: a longer one says only how it was put together.
std::string short_name(std::string name) {
  constexpr std::size_t kMost = 60;
  return name.size() <= kMost ? name : "f(x)";
}

}  // namespace

ScalarFunction identity_function() {
  return {"x", [](double x, std::size_t) { return x; }};
}

bool is_activation(const std::string& op) {
  const auto found = unary_operators().find(op);
  return op == "PRelu" || (found != unary_operators().end() && found->second.activation);
}

bool is_unary(const std::string& op) {
  return unary_operators().contains(op);
}

bool is_binary(const std::string& op) {
  return op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Max" || op == "Min" ||
         op == "Pow";
}

ScalarFunction unary_function(const OnnxNode& node, const ScalarFunction& x) {
  if (node.op == "Identity" || node.op == "Dropout") return x;
  return {short_name(fmt::format("{}({})", node.op, x.name)),
          [f = unary_operators().at(node.op).make(node), x = x.of](double v, std::size_t channel) {
            return f(x(v, channel));
          },
          x.channels};
}

ScalarFunction prelu_function(const ScalarFunction& x, const std::vector<double>& slopes) {
  const bool one = std::ranges::all_of(slopes, [&](double slope) { return slope == slopes[0]; });
  const std::string slope =
      one ? fmt::format("{:.4g}", slopes[0]) : fmt::format("{} slopes", slopes.size());
  return {short_name(fmt::format("PRelu({}, {})", x.name, slope)),
          [x = x.of, slopes, one](double v, std::size_t channel) {
            const double y = x(v, channel);
            return y >= 0 ? y : slopes[one ? 0 : channel] * y;
          },
          one ? x.channels : slopes.size()};
}

ScalarFunction binary_function(const std::string& op, const ScalarFunction& a,
                               const ScalarFunction& b) {
  const auto with = [&](const char* sign, auto combine) -> ScalarFunction {
    return {short_name(fmt::format("({} {} {})", a.name, sign, b.name)),
            [a = a.of, b = b.of, combine](double x, std::size_t channel) -> double {
              return combine(a(x, channel), b(x, channel));
            },
            std::max(a.channels, b.channels)};
  };
  if (op == "Add") return with("+", [](double x, double y) { return x + y; });
  if (op == "Sub") return with("-", [](double x, double y) { return x - y; });
  if (op == "Mul") return with("*", [](double x, double y) { return x * y; });
  if (op == "Div") return with("/", [](double x, double y) { return x / y; });
  if (op == "Max") return with("max", [](double x, double y) { return std::max(x, y); });
  if (op == "Min") return with("min", [](double x, double y) { return std::min(x, y); });
  COLCOMB_CHECK(op == "Pow", "an operator of two numbers");
  return with("^", [](double x, double y) { return std::pow(x, y); });
}

ScalarFunction constant_function(double value) {
  return {fmt::format("{:.6g}", value), [value](double, std::size_t) { return value; }};
}

ScalarFunction clipped_function(const ScalarFunction& x, double least, double most) {
  return {short_name(fmt::format("Clip({}, {:.4g}, {:.4g})", x.name, least, most)),
          [x = x.of, least, most](double v, std::size_t channel) {
            return std::min(std::max(x(v, channel), least), most);
          },
          x.channels};
}

ScalarFunction with_common_name(ScalarFunction function) {
  static const std::map<std::string, std::string> names = {
      {"(x * Sigmoid(x))", "SiLU"},
      {"(Sigmoid(x) * x)", "SiLU"},
      {"(x * Tanh(Softplus(x)))", "Mish"},
      {"(x * HardSigmoid(x))", "x * HardSigmoid(x)"},
      {"(x * (Clip((x + 3), 0, 6) / 6))", "HardSwish"},
      {"((x * Clip((x + 3), 0, 6)) / 6)", "HardSwish"},
      {"((x * (Erf((x / 1.41421)) + 1)) * 0.5)", "Gelu"},
      {"((0.5 * x) * (1 + Erf((x / 1.41421))))", "Gelu"},
      {"((x * 0.5) * (Erf((x / 1.41421)) + 1))", "Gelu"},
  };
  const auto found = names.find(function.name);
  if (found != names.end()) {
    function.name = found->second;
  } else if (function.name.ends_with("(x)")) {
    const std::string op = function.name.substr(0, function.name.size() - 3);
    if (is_unary(op)) function.name = op;
  }
  return function;
}

bool gives_negatives(const ScalarFunction& function) {
  constexpr int kSteps = 64;  // per unit
  for (std::size_t channel = 0; channel < function.channels; ++channel) {
    for (int i = -64 * kSteps; i <= 64 * kSteps; ++i) {
      if (function.of(static_cast<double>(i) / kSteps, channel) < 0) return true;
    }
  }
  return false;
}

}  // namespace colcomb::interchange
