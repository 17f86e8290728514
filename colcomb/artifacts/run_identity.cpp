#include "colcomb/artifacts/run_identity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

constexpr const char* kAbsent = "not given";

}  // namespace

void RunIdentity::add(std::string name, double value) {
  add(std::move(name), fmt::format("{}", value));
}

const std::string* RunIdentity::find(const std::string& name) const {
  const auto found = std::ranges::find(fields, name, &IdentityField::name);
  return found == fields.end() ? nullptr : &found->value;
}

void require_same_run(const RunIdentity& before, const RunIdentity& now, const std::string& file) {
  const auto require_same = [&](const std::string& name) {
    const std::string* const was = before.find(name);
    const std::string* const is = now.find(name);
    if (was && is && *was == *is) return;
    throw option_error(name, is ? *is : kAbsent,
                       fmt::format("{} was begun with '{}': go on with the same, or begin anew "
                                   "with `force`",
                                   file, was ? *was : kAbsent));
  };
  for (const IdentityField& field : now.fields) require_same(field.name);
  for (const IdentityField& field : before.fields) require_same(field.name);
}

}  // namespace colcomb
