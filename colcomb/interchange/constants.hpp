#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room: constant expressions. Exporters and pruning tools leave some in models:
// transposed weights, shapes to reshape to, weights times masks.
namespace colcomb::interchange {

/// Inputs of a node; null: not given.
using Constants = std::vector<const OnnxTensor*>;

/// What the node gives for constant inputs, its first output.
/// Errors: Unsupported if the inputs do not fit the operator, or the result is not finite.
/// Requires: the operator is in constant_operators().
[[nodiscard]] OnnxTensor evaluate_constant(const OnnxNode& node, const Constants& inputs,
                                           std::int64_t opset, std::size_t most_elements);

/// Computes one node. `most`: the most elements that it may give.
using ConstantOperator = std::function<OnnxTensor(const OnnxNode& node, const Constants& inputs,
                                                  std::int64_t opset, std::size_t most)>;
using ConstantOperators = std::map<std::string, ConstantOperator>;

/// Those that are computed: by name.
[[nodiscard]] const ConstantOperators& constant_operators();

// One family each.
void add_arithmetic(ConstantOperators& table);
void add_reductions(ConstantOperators& table);
void add_reshaping(ConstantOperators& table);
void add_selection(ConstantOperators& table);

// What the families share.

/// "3 x 4", for messages.
[[nodiscard]] std::string dimensions(const OnnxTensor& tensor);
/// Elements of a tensor of these dimensions. Errors: Unsupported above `most`, or below 0.
[[nodiscard]] std::size_t elements_of(const std::vector<std::int64_t>& dims, std::size_t most);
/// Errors: Unsupported if the input is not given.
[[nodiscard]] const OnnxTensor& constant_input(const Constants& inputs, std::size_t i);
/// Integers of input `i`. Errors: Unsupported if it is not given or holds others.
[[nodiscard]] const std::vector<std::int64_t>& constant_integers(const Constants& inputs,
                                                                 std::size_t i);
/// An axis counted from the front. Errors: Unsupported if it is none of `rank`.
[[nodiscard]] std::size_t axis_of(std::int64_t axis, std::size_t rank);
/// Elements between two neighbours of each axis.
[[nodiscard]] std::vector<std::size_t> strides_of(const std::vector<std::int64_t>& dims);
/// A tensor of `dims` whose element i is `source`'s element from(i), of the same kind.
[[nodiscard]] OnnxTensor gathered(const OnnxTensor& source, std::vector<std::int64_t> dims,
                                  const std::function<std::size_t(std::size_t)>& from,
                                  std::size_t most);
/// Dimensions of two tensors that are stretched to one shape. Errors: Unsupported.
[[nodiscard]] std::vector<std::int64_t> broadcast_dims(const std::vector<std::int64_t>& a,
                                                       const std::vector<std::int64_t>& b);
/// The tensor stretched to `dims`, of its own or more axes.
[[nodiscard]] OnnxTensor broadcast(const OnnxTensor& tensor, const std::vector<std::int64_t>& dims,
                                   std::size_t most);

/// The dimensions with an axis of 1 at each of `axes` of the result, as Unsqueeze counts them.
[[nodiscard]] std::vector<std::int64_t> with_axes(const std::vector<std::int64_t>& dims,
                                                  const std::vector<std::int64_t>& axes);
/// Of a Shape node: its attributes start and end cut some of the dimensions off.
[[nodiscard]] std::vector<std::int64_t> part_of_shape(const OnnxNode& node,
                                                      const std::vector<std::int64_t>& dims);
/// Dimensions of the second operand of an element-wise node beside a first one of `rank` axes,
/// right aligned: operator set 6 places them by the attribute axis.
[[nodiscard]] std::vector<std::int64_t> aligned_dims(const OnnxNode& node,
                                                     const std::vector<std::int64_t>& dims,
                                                     std::size_t rank);

}  // namespace colcomb::interchange
