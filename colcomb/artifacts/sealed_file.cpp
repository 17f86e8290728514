#include "colcomb/artifacts/sealed_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb {
namespace {

constexpr std::array<unsigned char, 8> kMagic = {'C', 'O', 'L', 'C', 'O', 'M', 'B', 0};
constexpr std::size_t kKindOffset = 8;
constexpr std::size_t kVersionOffset = 12;
constexpr std::size_t kSizeOffset = 16;
constexpr std::size_t kChecksumOffset = 24;
constexpr std::size_t kReservedOffset = 28;

template <class T>
void put(Bytes& content, std::size_t offset, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    content[offset + i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
}

template <class T>
T get(std::span<const std::byte> content, std::size_t offset) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= static_cast<T>(std::to_integer<T>(content[offset + i]) << (8 * i));
  return value;
}

std::uint32_t checksum(std::span<const std::uint8_t> payload) {
  return static_cast<std::uint32_t>(crc32_z(0, payload.data(), payload.size()));
}

/// A kind of file, in words, and the command that makes one.
struct KindText {
  FileKind kind;
  const char* name;
  const char* command;
};

constexpr std::array<KindText, 3> kKinds = {
    {{FileKind::kCheckpoint, "checkpoint", "train"},
     {FileKind::kPackedNetwork, "packed network", "quantize"},
     {FileKind::kTileProgram, "tile program", "compile"}}};

/// What the kind in a header stands for. Errors: UserError naming the file.
const KindText& known_kind(std::uint32_t kind, const std::string& file) {
  for (const KindText& known : kKinds) {
    if (kind == static_cast<std::uint32_t>(known.kind)) return known;
  }
  throw file_error(file, "kind", fmt::format("{:#010x}", kind),
                   "must be that of a checkpoint, a packed network or a tile program");
}

void require_kind(FileKind wanted, std::uint32_t found, const std::string& file) {
  const KindText& present = known_kind(found, file);
  if (present.kind == wanted) return;
  const KindText& expected = known_kind(static_cast<std::uint32_t>(wanted), file);
  throw file_error(file, "", "",
                   fmt::format("is a {}; a {} is expected; make one with `colcomb {}`",
                               present.name, expected.name, expected.command));
}

/// Errors: UserError naming the file if `content` does not start like a whole colcomb file.
void require_header(std::span<const std::byte> content, const std::string& file) {
  const std::size_t compared = std::min(content.size(), kMagic.size());
  const bool magic =
      std::equal(kMagic.begin(), kMagic.begin() + compared, content.begin(),
                 [](unsigned char expected, std::byte b) { return std::byte{expected} == b; });
  if (content.empty() || !magic) {
    throw file_error(file, "", "", "is not a colcomb file (its first 8 bytes must be COLCOMB\\0)");
  }
  if (content.size() < kSealSize) {
    throw file_error(file, "size", fmt::format("{} bytes", content.size()),
                     "is truncated: the header alone has 32 bytes");
  }
}

}  // namespace

FileKind kind_of_file(const std::filesystem::path& path) {
  const std::string file = path.string();
  const MappedFile mapped(path);
  const std::span<const std::byte> content = mapped.content();
  require_header(content, file);
  return known_kind(get<std::uint32_t>(content, kKindOffset), file).kind;
}

void save_sealed(FileKind kind, std::span<const std::uint8_t> payload,
                 const std::filesystem::path& path, std::uint32_t version) {
  Bytes content(kSealSize + payload.size());
  std::transform(kMagic.begin(), kMagic.end(), content.begin(),
                 [](unsigned char c) { return std::byte{c}; });
  put(content, kKindOffset, static_cast<std::uint32_t>(kind));
  put(content, kVersionOffset, version);
  put(content, kSizeOffset, static_cast<std::uint64_t>(payload.size()));
  put(content, kChecksumOffset, checksum(payload));
  std::ranges::copy(std::as_bytes(payload),
                    content.begin() + static_cast<std::ptrdiff_t>(kSealSize));
  write_file_atomically(path, content);
}

std::span<const std::uint8_t> verified_payload(FileKind kind, std::span<const std::byte> content,
                                               const std::string& file) {
  require_header(content, file);
  require_kind(kind, get<std::uint32_t>(content, kKindOffset), file);
  const auto version = get<std::uint32_t>(content, kVersionOffset);
  if (version < kOldestFileVersion || version > kFileVersion) {
    throw file_error(file, "version", fmt::to_string(version),
                     fmt::format("must be {} to {}: {}", kOldestFileVersion, kFileVersion,
                                 version > kFileVersion ? "use a newer colcomb to read the file"
                                                        : "make the file anew with this colcomb"));
  }
  const auto size = get<std::uint64_t>(content, kSizeOffset);
  const std::uint64_t present = content.size() - kSealSize;
  if (present < size) {
    throw file_error(file, "size", fmt::format("{} bytes of payload", present),
                     fmt::format("is truncated: the header promises {}", size));
  }
  if (present > size) {
    throw file_error(file, "size", fmt::format("{} bytes of payload", present),
                     fmt::format("is too long: the header promises {}", size));
  }
  if (get<std::uint32_t>(content, kReservedOffset) != 0)
    throw file_error(file, "header", "", "must have zero in its reserved bytes 28 to 31");
  const auto expected = get<std::uint32_t>(content, kChecksumOffset);
  const std::span<const std::uint8_t> payload(
      reinterpret_cast<const std::uint8_t*>(content.data()) + kSealSize, present);
  const std::uint32_t actual = checksum(payload);
  if (actual != expected) {
    throw file_error(file, "checksum", fmt::format("{:08x}", actual),
                     fmt::format("must be {:08x}: the file is corrupted", expected));
  }
  return payload;
}

std::uint32_t version_in(std::span<const std::byte> content) {
  return get<std::uint32_t>(content, kVersionOffset);
}

void require_version(std::uint32_t found, std::uint32_t needed, const std::string& file) {
  if (found == needed) return;
  throw file_error(file, "version", fmt::to_string(found),
                   fmt::format("must be {}, as files with such layers are written", needed));
}

SealedFile::SealedFile(FileKind kind, const std::filesystem::path& path)
    : file_(path), payload_(verified_payload(kind, file_.content(), path.string())) {}

}  // namespace colcomb
