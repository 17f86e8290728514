#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace colcomb::exploration {

/// A worker's file of results: one line of JSON for each point, which is complete or absent. Lines
/// are appended with fsync, so a worker that is killed loses the points at work and no other.
class Journal {
 public:
  /// Opens the file for appending, or makes it; a last line that a kill cut short is removed.
  /// Errors: UserError naming the file if it cannot be written or another worker has it open.
  explicit Journal(std::filesystem::path path);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  /// Appends a line, and returns once it is on the disk. Errors: UserError naming the file.
  void append(const nlohmann::ordered_json& line);

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

/// The journal of worker `shard` of `shards` in an exploration's folder.
[[nodiscard]] std::filesystem::path journal_path(const std::filesystem::path& folder,
                                                 std::size_t shard, std::size_t shards);

/// The lines of all journals of a folder, of each file in their order; a last line that is not
/// complete is left out. Errors: UserError naming the file and line that is no JSON object.
[[nodiscard]] std::vector<nlohmann::ordered_json> read_journals(
    const std::filesystem::path& folder);

}  // namespace colcomb::exploration
