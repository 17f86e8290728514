#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// Puts what ONNX's own checker says against each node into `graph`, the same model. Says nothing
/// of operator sets that the installed ONNX library does not know.
void check_nodes(const onnx::ModelProto& model, OnnxGraph& graph);

/// Shapes of the values that the needed nodes give, by ONNX's shape inference; empty where it does
/// not know the operator set. Absent extents: not found.
/// Requires: the nodes' attributes fit their inputs, for the library reads them without a look.
using InferredShapes = std::map<std::string, std::vector<std::optional<std::int64_t>>>;
[[nodiscard]] InferredShapes infer_shapes(const OnnxGraph& graph, const std::vector<bool>& needed);

}  // namespace colcomb::interchange
