#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colcomb/interchange/import.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room: functions of one number, as ONNX's operators define them.
namespace colcomb::interchange {

/// x itself.
[[nodiscard]] ScalarFunction identity_function();

/// Whether the operator is an activation function by itself, whatever is around its node.
[[nodiscard]] bool is_activation(const std::string& op);

/// Whether the operator has one input and computes each number from one of its input's.
[[nodiscard]] bool is_unary(const std::string& op);

/// Whether the operator computes each number from one of each of its two inputs.
[[nodiscard]] bool is_binary(const std::string& op);

/// What a node with a unary operator makes of `x`. Requires: is_unary(node.op).
[[nodiscard]] ScalarFunction unary_function(const OnnxNode& node, const ScalarFunction& x);

/// PRelu of `x`: its negative values times the channel's slope. Equal slopes are one.
[[nodiscard]] ScalarFunction prelu_function(const ScalarFunction& x,
                                            const std::vector<double>& slopes);

/// `a` op `b`. Requires: is_binary(op).
[[nodiscard]] ScalarFunction binary_function(const std::string& op, const ScalarFunction& a,
                                             const ScalarFunction& b);

[[nodiscard]] ScalarFunction constant_function(double value);

/// `x` cut off at both ends.
[[nodiscard]] ScalarFunction clipped_function(const ScalarFunction& x, double least, double most);

/// The function under its common name, e.g. SiLU for x * Sigmoid(x), if it has one.
[[nodiscard]] ScalarFunction with_common_name(ScalarFunction function);

/// Whether the function gives a number below 0 for some x from -64 to 64 of some channel.
[[nodiscard]] bool gives_negatives(const ScalarFunction& function);

}  // namespace colcomb::interchange
