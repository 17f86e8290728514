#include "colcomb/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// File descriptor and temporary name that vanish together unless released.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target)
      : path_(target.string() + fmt::format(".tmp-{}", ::getpid())) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0)
      throw file_error(target.string(), "", "", "cannot be written: " + reason(errno));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!kept_) ::unlink(path_.c_str());
  }

  void write(std::span<const std::byte> content, const fs::path& target) {
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(target, errno);
      content = content.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0) fail(target, errno);
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) fail(target, errno);
  }

  void rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) fail(target, errno);
    kept_ = true;
  }

 private:
  [[noreturn]] static void fail(const fs::path& target, int error) {
    throw file_error(target.string(), "", "", "cannot be written: " + reason(error));
  }

  std::string path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

/// The rename itself is durable only once the folder is on disk.
void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;  // readable files in an unreadable folder: nothing to be gained
  ::fsync(descriptor);
  ::close(descriptor);
}

template <class Container>
Container read_into(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error))
    throw file_error(path.string(), "", "", "is a folder, not a file");
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) throw file_error(path.string(), "", "", "cannot be opened: " + reason(errno));
  const auto size = stream.tellg();
  if (size < 0) throw file_error(path.string(), "", "", "cannot be read");
  Container content(static_cast<std::size_t>(size), {});
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size));
  if (!stream) throw file_error(path.string(), "", "", "cannot be read to its end");
  return content;
}

}  // namespace

Bytes read_file(const fs::path& path) {
  return read_into<Bytes>(path);
}

std::string read_text_file(const fs::path& path) {
  return read_into<std::string>(path);
}

void write_file_atomically(const fs::path& path, std::span<const std::byte> content) {
  TemporaryFile temporary(path);
  temporary.write(content, path);
  temporary.rename_to(path);
  sync_folder(path.parent_path());
}

void write_file_atomically(const fs::path& path, std::string_view content) {
  write_file_atomically(path, std::as_bytes(std::span(content)));
}

void require_writable(const fs::path& path, const std::string& option) {
  std::error_code error;
  if (path.empty()) throw option_error(option, "", "needs a file name");
  if (fs::is_directory(path, error))
    throw option_error(option, path.string(), "is a folder, not a file");
  const fs::path folder = path.parent_path();
  if (!folder.empty()) {
    fs::create_directories(folder, error);
    if (error) {
      throw option_error(option, path.string(), "its folder cannot be made: " + error.message());
    }
  }
  try {
    TemporaryFile probe(path);
  } catch (const UserError& failed) {
    throw option_error(option, path.string(), failed.parts().rule);
  }
}

}  // namespace colcomb
