#include "colcomb/exploration/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::exploration {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  throw file_error(path.string(), what, std::strerror(errno), "");
}

/// Bytes up to the end of the last complete line.
std::size_t complete_bytes(std::string_view text) {
  const std::size_t last = text.rfind('\n');
  return last == std::string_view::npos ? 0 : last + 1;
}

}  // namespace

Journal::Journal(std::filesystem::path path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) fail(path_, "cannot be written");
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    ::close(file_);
    throw file_error(path_.string(), "", "", "is being written by another worker");
  }
  const std::string text = read_text_file(path_);
  const std::size_t complete = complete_bytes(text);
  if (complete < text.size() && ::ftruncate(file_, static_cast<off_t>(complete)) != 0)
    fail(path_, "cannot be shortened");
}

Journal::~Journal() {
  ::close(file_);
}

void Journal::append(const nlohmann::ordered_json& line) {
  const std::string text = line.dump() + '\n';
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = ::write(file_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "cannot be written");
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file_) != 0) fail(path_, "cannot be written");
}

std::filesystem::path journal_path(const std::filesystem::path& folder, std::size_t shard,
                                   std::size_t shards) {
  return folder / fmt::format("journal-{}-of-{}.jsonl", shard, shards);
}

std::vector<nlohmann::ordered_json> read_journals(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("journal-") && name.ends_with(".jsonl")) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<nlohmann::ordered_json> lines;
  for (const std::filesystem::path& path : paths) {
    const std::string text = read_text_file(path);
    const std::string_view complete = std::string_view(text).substr(0, complete_bytes(text));
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < complete.size();) {
      const std::size_t end = complete.find('\n', begin);
      const auto line = nlohmann::ordered_json::parse(complete.substr(begin, end - begin), nullptr,
                                                      /*allow_exceptions=*/false);
      ++number;
      if (!line.is_object() || !line.contains("point"))
        throw file_error(path.string(), fmt::format("line {}", number), "",
                         "must be a JSON object with a point");
      lines.push_back(line);
      begin = end + 1;
    }
  }
  return lines;
}

}  // namespace colcomb::exploration
