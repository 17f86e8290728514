#pragma once

#include <filesystem>

#include "colcomb/base/files.hpp"

namespace colcomb {

/// Content of a file, decompressed if it is gzipped (told by its first two bytes).
/// Errors: UserError naming the file if it is missing, truncated or fails its checksum.
[[nodiscard]] Bytes read_maybe_gzipped(const std::filesystem::path& path);

}  // namespace colcomb
