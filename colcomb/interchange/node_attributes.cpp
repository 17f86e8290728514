#include "colcomb/interchange/node_attributes.hpp"

#include <fmt/format.h>

#include <utility>

#include "colcomb/interchange/import_values.hpp"

namespace colcomb::interchange {
namespace {

template <class T>
T attribute(const OnnxNode& node, const char* name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  throw Unsupported{fmt::format("attribute {} is of an unexpected type", name)};
}

}  // namespace

std::int64_t integer_of(const OnnxNode& node, const char* name, std::int64_t otherwise) {
  return attribute<std::int64_t>(node, name, otherwise);
}

float real_of(const OnnxNode& node, const char* name, float otherwise) {
  return attribute<float>(node, name, otherwise);
}

std::string text_of(const OnnxNode& node, const char* name, const char* otherwise) {
  return attribute<std::string>(node, name, otherwise);
}

std::vector<std::int64_t> list_of(const OnnxNode& node, const char* name,
                                  std::vector<std::int64_t> otherwise) {
  return attribute<std::vector<std::int64_t>>(node, name, std::move(otherwise));
}

}  // namespace colcomb::interchange
