#include "colcomb/training/device_image_cache.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

using Kind = dataset::TransformOptions::Kind;

/// Noise of one size.
class CachedNoise : public dataset::Dataset {
 public:
  CachedNoise(std::size_t channels, dataset::ImageSize size) : channels_(channels), size_(size) {}
  [[nodiscard]] std::size_t size() const override { return 50; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] std::size_t channels() const override { return channels_; }
  [[nodiscard]] std::optional<dataset::ImageSize> picture_size() const override { return size_; }
  [[nodiscard]] std::filesystem::path source() const override { return "noise"; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    return static_cast<std::int32_t>(i % 2);
  }
  [[nodiscard]] dataset::Image read(std::size_t i) const override {
    Random random = Random::stream(6, 6, i);
    dataset::Image image = dataset::blank_image(channels_, size_);
    for (auto& pixel : image.pixels) pixel = static_cast<std::uint8_t>(1 + random.below(255));
    return image;
  }

 private:
  std::size_t channels_;
  dataset::ImageSize size_;
  std::vector<std::string> names_ = {"a", "b"};
};

struct Case {
  const char* name;
  std::size_t channels;
  dataset::ImageSize picture;
  dataset::TransformOptions transform;
};

class DeviceImageCacheCases : public testing::TestWithParam<Case> {};

/// The loader's own pixels are the oracle: the trained network must not see who made them.
TEST_P(DeviceImageCacheCases, EqualTheLoadersPixels) {
  const Case& c = GetParam();
  const CachedNoise data(c.channels, c.picture);
  ASSERT_TRUE(DeviceImageCache::takes(data, c.transform));
  DeviceImageCache image_cache(torch::kCPU);
  image_cache.hold(data);
  std::vector<std::size_t> indices(47);
  std::iota(indices.begin(), indices.end(), std::size_t{3});
  for (const std::size_t worker : {0U, 1U}) {
    dataset::LoaderOptions options{
        .batch_size = 10, .shuffle = true, .seed = 9, .epoch = 4, .worker = worker, .workers = 2};
    dataset::BatchLoader pixels(data, indices, c.transform, options);
    options.placements = true;
    dataset::BatchLoader placements(data, indices, c.transform, options);
    std::size_t batches = 0;
    while (const auto wanted = pixels.next()) {
      const auto batch = placements.next();
      ASSERT_TRUE(batch.has_value());
      EXPECT_EQ(batch->indices, wanted->indices);
      EXPECT_EQ(batch->labels, wanted->labels);
      EXPECT_EQ(batch->whole_count(), wanted->whole_count());
      EXPECT_TRUE(batch->pixels.empty());
      const auto images = image_cache.images(*batch).contiguous();
      ASSERT_EQ(images.scalar_type(), torch::kUInt8);
      ASSERT_EQ(images.sizes().vec(),
                (std::vector<std::int64_t>{static_cast<std::int64_t>(wanted->count),
                                           static_cast<std::int64_t>(c.channels),
                                           static_cast<std::int64_t>(c.transform.height),
                                           static_cast<std::int64_t>(c.transform.width)}));
      const auto* const got = images.data_ptr<std::uint8_t>();
      for (std::size_t p = 0; p < wanted->pixels.size(); ++p)
        ASSERT_EQ(got[p], wanted->pixels[p]) << "batch " << batches << ", pixel " << p;
      ++batches;
    }
    EXPECT_EQ(batches, 5U);
    EXPECT_FALSE(placements.next().has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Transforms, DeviceImageCacheCases,
    testing::Values(
        Case{"pad", 1, {5, 6}, {.kind = Kind::kPad, .height = 8, .width = 9}},
        Case{"as_it_is", 3, {7, 5}, {.kind = Kind::kPad, .height = 7, .width = 5}},
        Case{"crop", 3, {7, 7}, {.kind = Kind::kCrop, .height = 8, .width = 8, .padding = 4}},
        Case{"far_crop", 1, {4, 4}, {.kind = Kind::kCrop, .height = 5, .width = 4, .padding = 9}},
        Case{"flip", 3, {6, 7}, {.kind = Kind::kCrop, .height = 7, .width = 8, .flip = true}},
        Case{
            "mirror_alone", 1, {5, 6}, {.kind = Kind::kPad, .height = 6, .width = 8, .flip = true}},
        Case{"cutout",
             3,
             {8, 8},
             {.kind = Kind::kCrop, .height = 8, .width = 8, .flip = true, .cutout = 5}}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(DeviceImageCache, TakesWhatIsPlacedAlone) {
  const CachedNoise data(1, {8, 8});
  EXPECT_FALSE(
      DeviceImageCache::takes(data, {.kind = Kind::kResizedCrop, .height = 8, .width = 8}));
  EXPECT_FALSE(DeviceImageCache::takes(data, {.kind = Kind::kCenterCrop, .height = 8, .width = 8}));
  const CachedNoise large(3, {4096, 4096});  // 50 of them are 2.5 GB
  EXPECT_FALSE(DeviceImageCache::takes(large, {.kind = Kind::kPad, .height = 4096, .width = 4096}));
}

TEST(DeviceImageCache, TooLargePicturesAreRefusedAsByTheLoader) {
  const CachedNoise data(1, {8, 8});
  dataset::LoaderOptions options;
  options.placements = true;
  dataset::BatchLoader loader(data, {0, 1}, {.kind = Kind::kPad, .height = 8, .width = 7}, options);
  EXPECT_THROW((void)loader.next(), UserError);
}

}  // namespace
}  // namespace colcomb::training
