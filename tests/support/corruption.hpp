#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Loads a file and throws UserError if it is bad.
using Loader = std::function<void(const std::filesystem::path&)>;

/// Without the fsync of write_file_atomically, which thousands of corrupted files cannot afford;
/// ext4 flushes a truncated file too, hence the removal.
inline void write_quickly(const std::filesystem::path& path, std::span<const std::byte> content) {
  std::filesystem::remove(path);
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  ASSERT_TRUE(stream.flush()) << path;
}

/// The message of the UserError that `load` must throw about `path`.
inline std::string refusal(const Loader& load, const std::filesystem::path& path) {
  try {
    load(path);
  } catch (const UserError& error) {
    // An option that does not fit the file names both.
    const bool usage = error.kind() == UserError::Kind::kUsage;
    EXPECT_NE((usage ? error.parts().rule : error.parts().where).find(path.string()),
              std::string::npos)
        << error.what();
    return error.what();
  }
  ADD_FAILURE() << path << " was accepted";
  return "";
}

/// Every prefix of the file is refused.
inline void expect_every_truncation_refused(const Loader& load, const Bytes& content,
                                            const std::filesystem::path& path) {
  for (std::size_t size = 0; size < content.size(); ++size) {
    write_quickly(path, std::span(content).first(size));
    EXPECT_NE(refusal(load, path), "") << "cut to " << size;
  }
}

/// The file with any one byte changed is refused.
inline void expect_every_flip_refused(const Loader& load, const Bytes& content,
                                      const std::filesystem::path& path) {
  Random random(7);
  for (std::size_t i = 0; i < content.size(); ++i) {
    Bytes changed = content;
    changed[i] ^= static_cast<std::byte>(1 + random.below(255));
    write_quickly(path, changed);
    EXPECT_NE(refusal(load, path), "") << "byte " << i;
  }
}

/// Writes the right checksum into a sealed file's header (byte 24), whatever its payload.
inline void reseal(Bytes& content) {
  constexpr std::size_t kHeader = 32;
  const auto* payload = reinterpret_cast<const Bytef*>(content.data()) + kHeader;
  const auto sum = crc32_z(0, payload, content.size() - kHeader);
  for (std::size_t i = 0; i < 4; ++i) content[24 + i] = static_cast<std::byte>(sum >> (8 * i));
}

/// With up to four payload bytes changed and the checksum set right, the file is either refused
/// or, where a change hits a number or nothing at all, accepted; `load` itself validates. Returns
/// the number of refusals.
inline std::size_t count_refused_hostile_payloads(const Loader& load, const Bytes& content,
                                                  const std::filesystem::path& path,
                                                  std::size_t attempts) {
  Random random(11);
  std::size_t refused = 0;
  for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
    Bytes changed = content;
    for (std::size_t flips = 1 + random.below(4); flips > 0; --flips) {
      const std::size_t i = 32 + random.below(content.size() - 32);
      // Half of the changes are small, so that offsets and counts come out nearly right.
      changed[i] ^= static_cast<std::byte>(random.below(2) == 0 ? 1U << random.below(8)
                                                                : 1 + random.below(255));
    }
    reseal(changed);
    write_quickly(path, changed);
    try {
      load(path);
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().where, path.string());
      ++refused;
    }
  }
  return refused;
}

}  // namespace colcomb::tests
