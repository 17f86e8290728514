#include "colcomb/base/error.hpp"

#include <utility>

namespace colcomb {
namespace {

std::string message_of(const UserError::Parts& parts) {
  std::string message = parts.where;
  const auto append = [&message](const std::string& text, const char* separator) {
    if (text.empty()) return;
    if (!message.empty()) message += separator;
    message += text;
  };
  append(parts.field, ": ");
  if (!parts.value.empty()) append("'" + parts.value + "'", parts.field.empty() ? ": " : " is ");
  append(parts.rule, ": ");
  return message;
}

}  // namespace

UserError::UserError(Kind kind, Parts parts)
    : std::runtime_error(message_of(parts)), kind_(kind), parts_(std::move(parts)) {}

UserError file_error(std::string file, std::string field, std::string value, std::string rule) {
  return {UserError::Kind::kFailed,
          {std::move(file), std::move(field), std::move(value), std::move(rule)}};
}

UserError usage_error(std::string option, std::string value, std::string rule) {
  return {UserError::Kind::kUsage, {std::move(option), "", std::move(value), std::move(rule)}};
}

UserError option_error(std::string field, std::string value, std::string rule) {
  return {UserError::Kind::kUsage, {"", std::move(field), std::move(value), std::move(rule)}};
}

UserError failure(std::string where, std::string rule) {
  return {UserError::Kind::kFailed, {std::move(where), "", "", std::move(rule)}};
}

}  // namespace colcomb
