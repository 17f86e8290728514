#include "colcomb/page/write_page.hpp"

#include "colcomb/base/files.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/html.hpp"

namespace colcomb::page {

void write_run_page(const std::filesystem::path& folder, const std::string& version) {
  const std::string page = html(document_of(folder, version));
  write_file_atomically(folder / "report.html", std::string_view(page));
}

}  // namespace colcomb::page
