#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/dataset/dataset.hpp"

// Internal to the room.
namespace colcomb::dataset {

/// Pictures of one size, all in memory.
class InMemoryDataset : public Dataset {
 public:
  struct Content {
    std::size_t channels = 0;
    ImageSize image_size;
    std::vector<std::uint8_t> pixels;  // pictures one after another, each planar
    std::vector<std::uint8_t> labels;
    std::vector<std::string> class_names;
    std::filesystem::path source;
  };

  /// Requires: as many pictures as labels, each label below the number of class names.
  explicit InMemoryDataset(Content content);

  [[nodiscard]] std::size_t size() const override { return content_.labels.size(); }
  [[nodiscard]] const std::vector<std::string>& class_names() const override {
    return content_.class_names;
  }
  [[nodiscard]] std::size_t channels() const override { return content_.channels; }
  [[nodiscard]] std::optional<ImageSize> picture_size() const override {
    return content_.image_size;
  }
  [[nodiscard]] std::filesystem::path source() const override { return content_.source; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override;
  [[nodiscard]] Image read(std::size_t i) const override;

 private:
  Content content_;
};

}  // namespace colcomb::dataset
