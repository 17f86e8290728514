#include <string_view>

#include "colcomb/page/html.hpp"

// The HTML file that web/ is bundled into, in the program's read-only data.
__asm__(
    ".section .rodata\n"
    ".global colcomb_page_template\n"
    ".global colcomb_page_template_end\n"
    "colcomb_page_template:\n"
    ".incbin \"" COLCOMB_PAGE_TEMPLATE
    "\"\n"
    "colcomb_page_template_end:\n"
    ".byte 0\n"
    ".text\n");

extern "C" const char colcomb_page_template[];
extern "C" const char colcomb_page_template_end[];

namespace colcomb::page {

bool has_template() {
  return true;
}

std::string html(const Document& document) {
  return html(document, std::string(colcomb_page_template, colcomb_page_template_end));
}

}  // namespace colcomb::page
