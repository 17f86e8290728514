#pragma once

#include <string>

#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// Whether the program holds the page's bundle (COLCOMB_WITH_PAGE).
[[nodiscard]] bool has_template();

/// One self-contained HTML file: the bundle with the document and its bytes, deflated, in base64.
/// Errors: UserError where the program was built without the bundle.
[[nodiscard]] std::string html(const Document& document);

/// `page_template` with the document in place of its marks.
/// Requires: it has the marks "@document@" and "@bytes@".
[[nodiscard]] std::string html(const Document& document, std::string page_template);

[[nodiscard]] std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace colcomb::page
