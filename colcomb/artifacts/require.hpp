#pragma once

#include <string>

#include "colcomb/base/error.hpp"

namespace colcomb {

/// Throws the UserError about file `where` unless the rule holds.
inline void require(bool holds, const std::string& where, const std::string& field,
                    const std::string& value, const char* rule) {
  if (!holds) throw file_error(where, field, value, rule);
}

}  // namespace colcomb
