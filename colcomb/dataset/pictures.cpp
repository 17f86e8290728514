// Pictures without labels, and pictures in grey.
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/decode.hpp"
#include "colcomb/dataset/picture_files.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

/// All pictures below a folder, as one class.
class Unlabelled : public Dataset {
 public:
  Unlabelled(fs::path folder, PictureFiles files)
      : folder_(std::move(folder)), files_(std::move(files)) {}

  [[nodiscard]] std::size_t size() const override { return files_.pictures.size(); }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] std::size_t channels() const override { return 3; }
  [[nodiscard]] fs::path source() const override { return folder_; }
  [[nodiscard]] std::size_t ignored_files() const override { return files_.ignored; }
  [[nodiscard]] std::int32_t label(std::size_t) const override { return 0; }
  [[nodiscard]] Image read(std::size_t i) const override {
    COLCOMB_CHECK(i < size(), "picture outside the folder");
    return decode_image(folder_ / files_.pictures[i]);
  }

 private:
  fs::path folder_;
  PictureFiles files_;
  std::vector<std::string> names_ = {"pictures"};
};

class Grey : public Dataset {
 public:
  explicit Grey(std::unique_ptr<Dataset> colours) : colours_(std::move(colours)) {}

  [[nodiscard]] std::size_t size() const override { return colours_->size(); }
  [[nodiscard]] const std::vector<std::string>& class_names() const override {
    return colours_->class_names();
  }
  [[nodiscard]] std::size_t channels() const override { return 1; }
  [[nodiscard]] fs::path source() const override { return colours_->source(); }
  [[nodiscard]] std::size_t ignored_files() const override { return colours_->ignored_files(); }
  [[nodiscard]] std::int32_t label(std::size_t i) const override { return colours_->label(i); }
  [[nodiscard]] Image read(std::size_t i) const override {
    const Image from = colours_->read(i);
    Image grey = blank_image(1, from.size());
    const std::size_t pixels = grey.pixels.size();
    for (std::size_t p = 0; p < pixels; ++p) {
      // ITU-R BT.601's luma, rounded; a picture that is grey keeps its values.
      const unsigned luma = 299U * from.pixels[p] + 587U * from.pixels[pixels + p] +
                            114U * from.pixels[2 * pixels + p];
      grey.pixels[p] = static_cast<std::uint8_t>((luma + 500U) / 1000U);
    }
    return grey;
  }

 private:
  std::unique_ptr<Dataset> colours_;
};

}  // namespace

std::unique_ptr<Dataset> in_grey(std::unique_ptr<Dataset> colours) {
  COLCOMB_CHECK(colours->channels() == 3, "grey is made of colours");
  return std::make_unique<Grey>(std::move(colours));
}

std::unique_ptr<Dataset> open_pictures(const fs::path& folder, std::size_t channels) {
  require_decoders(folder);
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw file_error(folder.string(), "", "", "is no folder of pictures");
  PictureFiles files = pictures_below(folder);
  if (files.pictures.empty()) {
    throw file_error(folder.string(), "", "",
                     files.ignored == 0 ? "holds no .jpg, .jpeg or .png files"
                                        : "holds no .jpg, .jpeg or .png files, only others");
  }
  auto pictures = std::make_unique<Unlabelled>(folder, std::move(files));
  if (channels == 1) return in_grey(std::move(pictures));
  return pictures;
}

}  // namespace colcomb::dataset
