#pragma once

#include <vector>

#include "colcomb/rtl/machine_folder.hpp"

namespace colcomb::rtl {

/// The files of export/: what every folder of a machine has alike.
[[nodiscard]] const std::vector<FolderFile>& export_files();

}  // namespace colcomb::rtl
