#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room. Errors of all: Unsupported if the attribute is of another type.
namespace colcomb::interchange {

[[nodiscard]] std::int64_t integer_of(const OnnxNode& node, const char* name,
                                      std::int64_t otherwise);
[[nodiscard]] float real_of(const OnnxNode& node, const char* name, float otherwise);
[[nodiscard]] std::string text_of(const OnnxNode& node, const char* name, const char* otherwise);
[[nodiscard]] std::vector<std::int64_t> list_of(const OnnxNode& node, const char* name,
                                                std::vector<std::int64_t> otherwise);

}  // namespace colcomb::interchange
