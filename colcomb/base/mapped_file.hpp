#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace colcomb {

/// A file's content in memory, page by page as it is read; nothing is copied. A file replaced by
/// renaming, as write_file_atomically does, keeps its old content here. Requires: nobody shortens
/// the file in place meanwhile; the system then ends the program (SIGBUS).
class MappedFile {
 public:
  /// Errors: UserError naming the file if it is missing, unreadable or no regular file.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  /// Starts at a page. Valid as long as this object or the one it was moved to.
  [[nodiscard]] std::span<const std::byte> content() const { return content_; }

 private:
  std::span<const std::byte> content_;
};

}  // namespace colcomb
