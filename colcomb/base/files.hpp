#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace colcomb {

using Bytes = std::vector<std::byte>;

/// Whole content of a file. Errors: UserError naming the file if it is missing or unreadable.
[[nodiscard]] Bytes read_file(const std::filesystem::path& path);
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

/// Replaces `path` by `content` so that a reader sees the old file or the whole new one, never a
/// part: temporary file beside it, fsync, rename. Errors: UserError naming the file and the
/// system's reason (no such folder, full disk, ...); the old file is then untouched and no
/// temporary file is left.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> content);
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Errors now, with UserError naming `option`, if `path` could not be written later: used before
/// long work. Creates missing parent folders; leaves no other trace.
void require_writable(const std::filesystem::path& path, const std::string& option);

}  // namespace colcomb
