#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "colcomb/base/files.hpp"
#include "colcomb/dataset/image.hpp"

// Internal to decode*.cpp.
namespace colcomb::dataset {

using Samples = std::vector<std::uint8_t>;

/// Errors: UserError naming the file for a picture without pixels, or with more than 100 million: a
/// damaged header must not exhaust memory.
void require_decodable_size(const std::filesystem::path& path, std::uint64_t height,
                            std::uint64_t width);

/// Rows of red, green and blue samples side by side as planes.
[[nodiscard]] Image planar(const Samples& interleaved, std::size_t height, std::size_t width);

/// A JPEG file's content; `path` names it in errors.
[[nodiscard]] Image decode_jpeg(const std::filesystem::path& path, const Bytes& content);

}  // namespace colcomb::dataset
