#include "colcomb/dataset/in_memory_dataset.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/base/check.hpp"

namespace colcomb::dataset {
namespace {

std::size_t samples_per_image(const InMemoryDataset::Content& content) {
  return content.channels * content.image_size.height * content.image_size.width;
}

}  // namespace

InMemoryDataset::InMemoryDataset(Content content) : content_(std::move(content)) {
  COLCOMB_CHECK(content_.pixels.size() == content_.labels.size() * samples_per_image(content_),
                "as many pictures as labels");
  COLCOMB_CHECK(std::all_of(content_.labels.begin(), content_.labels.end(),
                            [this](std::size_t l) { return l < content_.class_names.size(); }),
                "every label has a class");
}

std::int32_t InMemoryDataset::label(std::size_t i) const {
  COLCOMB_CHECK(i < size(), "picture outside the data set");
  return content_.labels[i];
}

Image InMemoryDataset::read(std::size_t i) const {
  COLCOMB_CHECK(i < size(), "picture outside the data set");
  const std::size_t count = samples_per_image(content_);
  const auto first = content_.pixels.begin() + static_cast<std::ptrdiff_t>(i * count);
  return {content_.channels, content_.image_size.height, content_.image_size.width,
          std::vector<std::uint8_t>(first, first + static_cast<std::ptrdiff_t>(count))};
}

}  // namespace colcomb::dataset
