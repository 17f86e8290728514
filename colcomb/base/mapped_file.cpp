#include "colcomb/base/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error) {
  throw file_error(path.string(), "", "", what + std::generic_category().message(error));
}

/// Closes itself: a mapping outlives its descriptor.
struct Descriptor {
  int number = -1;
  explicit Descriptor(const std::filesystem::path& path)
      : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number < 0) fail(path, "cannot be opened: ", errno);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number); }
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw file_error(path.string(), "", "", "is a folder, not a file");
  const Descriptor descriptor(path);
  struct stat status = {};
  if (::fstat(descriptor.number, &status) != 0) fail(path, "cannot be read: ", errno);
  if (!S_ISREG(status.st_mode)) throw file_error(path.string(), "", "", "must be a regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;  // the system refuses to map nothing
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.number, 0);
  if (memory == MAP_FAILED) fail(path, "cannot be mapped: ", errno);
  content_ = {static_cast<const std::byte*>(memory), size};
}

MappedFile::MappedFile(MappedFile&& other) noexcept : content_(std::exchange(other.content_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(content_, other.content_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!content_.empty()) ::munmap(const_cast<std::byte*>(content_.data()), content_.size());
}

}  // namespace colcomb
