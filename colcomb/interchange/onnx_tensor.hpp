#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "colcomb/interchange/external_data.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// A tensor of the model file `file`; its numbers, where they are not in it, from `external`.
/// Errors: UserError naming file, tensor, value and rule.
[[nodiscard]] OnnxTensor read_tensor(const onnx::TensorProto& source, const std::string& file,
                                     ExternalData& external);

/// The name of a TensorProto.DataType.
[[nodiscard]] std::string type_name(int type);

}  // namespace colcomb::interchange
