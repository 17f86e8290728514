#pragma once

#include <filesystem>

namespace colcomb::cli {

/// Writes a PNG beside each SVG file of a folder that has none, by the program rsvg-convert.
/// Errors: UserError if it is not installed or fails.
void add_png_files(const std::filesystem::path& folder);

}  // namespace colcomb::cli
