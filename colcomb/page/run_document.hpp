#pragma once

#include <filesystem>
#include <string>

#include "colcomb/page/document.hpp"
#include "colcomb/page/run_folder.hpp"

namespace colcomb::page {

/// The document of a finished run, all panels that it has data for.
[[nodiscard]] Document run_document(const RunFolder& run, const std::string& version);

/// A document with kind, title and version alone.
[[nodiscard]] Document begin_document(const std::string& kind, const std::string& title,
                                      const std::string& version);

/// A folder's name, also of ".": never empty for a folder that exists.
[[nodiscard]] std::string name_of_folder(const std::filesystem::path& folder);

[[nodiscard]] Document exploration_document(const std::filesystem::path& folder,
                                            const std::string& version);
/// Whether the folder has tables of the paper's experiments.
[[nodiscard]] bool holds_paper_experiments(const std::filesystem::path& folder);
[[nodiscard]] Document paper_document(const std::filesystem::path& folder,
                                      const std::string& version);
[[nodiscard]] Document experiment_document(const std::filesystem::path& folder,
                                           const std::string& version);

}  // namespace colcomb::page
