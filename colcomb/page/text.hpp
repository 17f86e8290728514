#pragma once

#include <string>

#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// The document's tables and sentences for a terminal.
[[nodiscard]] std::string text(const Document& document);

}  // namespace colcomb::page
