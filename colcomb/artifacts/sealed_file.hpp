#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "colcomb/base/mapped_file.hpp"

namespace colcomb {

/// What a colcomb file holds; the value stands in its header, as four ASCII letters.
enum class FileKind : std::uint32_t {
  kCheckpoint = 0x54504b43,     // "CKPT"
  kPackedNetwork = 0x54454e50,  // "PNET"
  kTileProgram = 0x474f5250,    // "PROG"
};

/// The versions of all kinds that this program reads. It writes the oldest one that has what the
/// file holds: 7 where a layer has row exponents or a table for each row, 6 where one has an
/// activation table or a zero other than 0, 5 where one reads other maps than that of the layer
/// before, else 4.
inline constexpr std::uint32_t kOldestFileVersion = 4;
inline constexpr std::uint32_t kBranchesFileVersion = 5;
inline constexpr std::uint32_t kTablesFileVersion = 6;
inline constexpr std::uint32_t kFileVersion = 7;

/// Bytes before the payload; a multiple of the strictest alignment a FlatBuffer needs.
inline constexpr std::size_t kSealSize = 32;

/// What a file claims to hold, from its header alone.
/// Errors: UserError naming the file if it is missing, or no kind of colcomb file.
[[nodiscard]] FileKind kind_of_file(const std::filesystem::path& path);

/// Writes header (magic, kind, version, payload size, CRC-32) and payload atomically.
/// Errors: UserError naming the file; an older file is then untouched.
void save_sealed(FileKind kind, std::span<const std::uint8_t> payload,
                 const std::filesystem::path& path, std::uint32_t version = kOldestFileVersion);

/// The payload of a sealed file's bytes, within them, once header and checksum have been verified.
/// Errors: UserError naming `file` and telling apart: not a colcomb file, a file of another kind,
/// another version, truncated, over-long, checksum mismatch.
[[nodiscard]] std::span<const std::uint8_t> verified_payload(FileKind kind,
                                                             std::span<const std::byte> content,
                                                             const std::string& file);

/// The version in the header of content that verified_payload has accepted.
[[nodiscard]] std::uint32_t version_in(std::span<const std::byte> content);

/// Errors: UserError naming `file` if a file of version `found` holds what is written as `needed`.
void require_version(std::uint32_t found, std::uint32_t needed, const std::string& file);

/// A file whose header and checksum have been verified, mapped rather than read: the payload stays
/// in the system's page cache.
class SealedFile {
 public:
  /// Errors: UserError naming the file: missing, or as for verified_payload.
  SealedFile(FileKind kind, const std::filesystem::path& path);

  /// Aligned to kSealSize bytes.
  [[nodiscard]] std::span<const std::uint8_t> payload() const { return payload_; }
  [[nodiscard]] std::uint32_t version() const { return version_in(file_.content()); }

 private:
  MappedFile file_;
  std::span<const std::uint8_t> payload_;
};

}  // namespace colcomb
