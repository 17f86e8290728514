#pragma once

#include <filesystem>

#include "colcomb/dataset/image.hpp"

// Internal to the room.
namespace colcomb::dataset {

/// Errors: UserError naming `pictures`, where they lie, if this build decodes none.
void require_decoders(const std::filesystem::path& pictures);

/// A JPEG or PNG file, told apart by content (ImageNet holds a PNG called .JPEG), as 3 channels
/// red, green, blue. Grey is repeated, transparent pixels are laid on white, CMYK JPEGs of Adobe's
/// kind (inverted inks) are converted as R = C * K / 255 and so on, 16-bit samples become 8-bit.
/// Errors: UserError naming the file if it is missing, truncated, damaged, neither format, a CMYK
/// JPEG of unknown ink polarity or larger than 100 megapixels.
[[nodiscard]] Image decode_image(const std::filesystem::path& path);

}  // namespace colcomb::dataset
