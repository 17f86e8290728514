#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// Version of the document's fields.
inline constexpr int kSchema = 1;

/// What a page says of a folder that `colcomb run`, `colcomb explore` or `colcomb experiment` made;
/// told by the files in it. `version`: the program's.
/// Errors: UserError naming the file: a folder of none of them, files that are missing or broken.
[[nodiscard]] Document document_of(const std::filesystem::path& folder, const std::string& version);

/// Several finished runs beside each other. Errors: the same; fewer than two.
[[nodiscard]] Document comparison_of(const std::vector<std::filesystem::path>& folders,
                                     const std::string& version);

/// The worked example of docs/reference/cycle-model.md in an array of 2 x 2 cells, to learn from.
[[nodiscard]] Document lesson(const std::string& version);

}  // namespace colcomb::page
