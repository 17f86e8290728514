#pragma once

#include <filesystem>
#include <string>

namespace colcomb::page {

/// Writes report.html into the folder of a finished run. Errors: as document_of, and html.
void write_run_page(const std::filesystem::path& folder, const std::string& version);

}  // namespace colcomb::page
