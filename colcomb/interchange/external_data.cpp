#include "colcomb/interchange/external_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include "colcomb/interchange/onnx_reader.hpp"

namespace colcomb::interchange {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> entry(const onnx::TensorProto& tensor, const char* key) {
  for (const auto& pair : tensor.external_data()) {
    if (pair.key() == key) return pair.value();
  }
  return std::nullopt;
}

std::size_t number(const onnx::TensorProto& tensor, const char* key, std::size_t otherwise) {
  const auto text = entry(tensor, key);
  if (!text) return otherwise;
  std::size_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end || text->empty()) {
    throw ExternalData::Unreadable{fmt::format("external data's {}", key), printable(*text),
                                   "must be a number of bytes"};
  }
  return value;
}

/// Whether a path below `folder` stays there when its links are followed.
bool stays_within(const fs::path& folder, const fs::path& path) {
  const fs::path inside = fs::canonical(path).lexically_relative(fs::canonical(folder));
  return !inside.empty() && *inside.begin() != "..";
}

}  // namespace

ExternalData::File& ExternalData::open(const std::string& location) {
  const auto known = files_.find(location);
  if (known != files_.end()) return known->second;
  const std::string field = "external data's location";
  const fs::path relative(location);
  if (location.empty() || location.find('\0') != std::string::npos || relative.is_absolute() ||
      std::ranges::find(relative, fs::path("..")) != relative.end()) {
    throw Unreadable{field, printable(location),
                     "must be a path below the model's folder, without '..'"};
  }
  const fs::path folder = folder_.empty() ? fs::path(".") : folder_;
  File file{folder / relative};
  std::error_code error;
  if (!fs::is_regular_file(file.path, error)) {
    throw Unreadable{field, printable(location),
                     fmt::format("is no file: it must lie beside the model, as {}",
                                 printable(file.path.string()))};
  }
  if (!stays_within(folder, file.path)) {
    throw Unreadable{field, printable(location),
                     "is a link out of the model's folder: copy the file there"};
  }
  file.size = static_cast<std::size_t>(fs::file_size(file.path));
  return files_.emplace(location, std::move(file)).first->second;
}

std::string ExternalData::read(const onnx::TensorProto& tensor, std::size_t wanted) {
  File& file = open(entry(tensor, "location").value_or(""));
  const std::size_t offset = number(tensor, "offset", 0);
  const std::size_t length = number(tensor, "length", file.size - std::min(offset, file.size));
  if (length != wanted) {
    throw Unreadable{"external data", fmt::format("{} bytes", length),
                     fmt::format("must have {}, as its dimensions say", wanted)};
  }
  const std::string name = printable(file.path.string());
  if (offset > file.size || length > file.size - offset) {
    throw Unreadable{"external data", fmt::format("{} bytes from byte {}", length, offset),
                     fmt::format("{} has only {}", name, file.size)};
  }
  file.claimed += length;
  if (file.claimed > file.size) {
    throw Unreadable{"external data", fmt::format("{} bytes from byte {}", length, offset),
                     fmt::format("other tensors hold the same bytes of {} already", name)};
  }
  std::string bytes(length, '\0');
  std::ifstream stream(file.path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(bytes.data(), static_cast<std::streamsize>(length));
  if (!stream) throw Unreadable{"external data", name, "cannot be read"};
  return bytes;
}

}  // namespace colcomb::interchange
