#include "colcomb/training/workers/shared_checkpoint.hpp"

#include "colcomb/base/files.hpp"

namespace colcomb::training {

std::optional<Checkpoint> shared_checkpoint(const std::filesystem::path& path, Workers& workers) {
  Bytes content;
  std::int64_t size = -1;  // no file
  if (workers.leads() && std::filesystem::exists(path)) {
    if (workers.size() == 1) return load_checkpoint(path);
    content = read_file(path);
    size = static_cast<std::int64_t>(content.size());
  }
  workers.broadcast(std::as_writable_bytes(std::span(&size, 1)));
  if (size < 0) return std::nullopt;
  content.resize(static_cast<std::size_t>(size));
  workers.broadcast(content);
  return read_checkpoint(content, path.string());
}

}  // namespace colcomb::training
