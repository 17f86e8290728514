// In place of decode.cpp where COLCOMB_WITH_PICTURES is OFF.
#include "colcomb/base/error.hpp"
#include "colcomb/dataset/decode.hpp"

namespace colcomb::dataset {

void require_decoders(const std::filesystem::path& pictures) {
  throw failure(pictures.string(),
                "this build of colcomb cannot decode pictures (COLCOMB_WITH_PICTURES is OFF): use "
                "another data set, or a build with libpng and libjpeg");
}

Image decode_image(const std::filesystem::path& path) {
  require_decoders(path);
  return {};
}

}  // namespace colcomb::dataset
