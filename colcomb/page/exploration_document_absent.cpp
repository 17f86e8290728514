// In place of exploration_document.cpp where the program is built without exploration.
#include "colcomb/base/error.hpp"
#include "colcomb/page/run_document.hpp"

namespace colcomb::page {

Document exploration_document(const std::filesystem::path& folder, const std::string& /*version*/) {
  throw failure(folder.string(), "explorations need a program built with COLCOMB_WITH_EXPLORATION");
}

}  // namespace colcomb::page
