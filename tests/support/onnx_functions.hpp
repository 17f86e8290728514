#pragma once

#include <onnx/onnx_pb.h>

#include <cmath>
#include <functional>
#include <string>

namespace colcomb::tests {

/// The function of one number that a node computes, from its operator's definition in the ONNX
/// specification; empty: it computes none of these.
inline std::function<double(double)> onnx_function(const onnx::NodeProto& node) {
  const auto real = [&node](const std::string& name, double otherwise) {
    for (const auto& a : node.attribute()) {
      if (a.name() == name) return static_cast<double>(a.f());
    }
    return otherwise;
  };
  const std::string& op = node.op_type();
  if (op == "Relu") return [](double x) { return std::fmax(x, 0); };
  if (op == "Neg") return [](double x) { return -x; };
  if (op == "Sqrt") return [](double x) { return std::sqrt(x); };
  if (op == "Floor") return [](double x) { return std::floor(x); };
  if (op == "Sigmoid") return [](double x) { return 1 / (1 + std::exp(-x)); };
  if (op == "Tanh") return [](double x) { return 1 - 2 / (std::exp(2 * x) + 1); };
  if (op == "HardSigmoid") {
    return [a = real("alpha", 0.2), b = real("beta", 0.5)](double x) {
      return std::fmax(0, std::fmin(1, a * x + b));
    };
  }
  if (op == "HardSwish")
    return [](double x) { return x * std::fmax(0, std::fmin(1, x / 6 + 0.5)); };
  if (op == "LeakyRelu") return [a = real("alpha", 0.01)](double x) { return x < 0 ? a * x : x; };
  if (op == "Elu")
    return [a = real("alpha", 1)](double x) { return x < 0 ? a * (std::exp(x) - 1) : x; };
  if (op == "Selu") {
    return [a = real("alpha", 1.67326319217681884765625),
            g = real("gamma", 1.05070102214813232421875)](double x) {
      return x <= 0 ? g * (a * std::exp(x) - a) : g * x;
    };
  }
  if (op == "Celu") {
    return [a = real("alpha", 1)](double x) {
      return std::fmax(0, x) + std::fmin(0, a * (std::exp(x / a) - 1));
    };
  }
  if (op == "Softplus") return [](double x) { return std::log(std::exp(x) + 1); };
  if (op == "Softsign") return [](double x) { return x / (1 + std::fabs(x)); };
  if (op == "Mish") return [](double x) { return x * std::tanh(std::log(std::exp(x) + 1)); };
  if (op == "ThresholdedRelu") return [a = real("alpha", 1)](double x) { return x > a ? x : 0.0; };
  if (op == "Erf") return [](double x) { return std::erf(x); };
  if (op == "Abs") return [](double x) { return std::fabs(x); };
  if (op == "Exp") return [](double x) { return std::exp(x); };
  if (op == "Gelu") {
    for (const auto& a : node.attribute()) {
      if (a.name() == "approximate" && a.s() == "tanh") {
        return [](double x) {
          return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * std::pow(x, 3))));
        };
      }
    }
    return [](double x) { return 0.5 * x * (1 + std::erf(x / 1.4142135623730951)); };
  }
  return {};
}

/// The same of two numbers. PRelu's second one is the slope.
inline std::function<double(double, double)> onnx_binary_function(const std::string& op) {
  if (op == "Add" || op == "Sum") return [](double a, double b) { return a + b; };
  if (op == "Sub") return [](double a, double b) { return a - b; };
  if (op == "Mul") return [](double a, double b) { return a * b; };
  if (op == "Min") return [](double a, double b) { return b < a ? b : a; };
  if (op == "Max") return [](double a, double b) { return a < b ? b : a; };
  if (op == "PRelu") return [](double a, double b) { return a < 0 ? b * a : a; };
  if (op == "Pow") return [](double a, double b) { return std::pow(a, b); };
  return {};
}

}  // namespace colcomb::tests
