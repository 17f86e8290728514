// In place of template.cpp where the program is built without the page.
#include "colcomb/base/error.hpp"
#include "colcomb/page/html.hpp"

namespace colcomb::page {

bool has_template() {
  return false;
}

std::string html(const Document& /*document*/) {
  throw failure("HTML pages",
                "need a program built with COLCOMB_WITH_PAGE; text and figures do not");
}

}  // namespace colcomb::page
