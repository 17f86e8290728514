#include "colcomb/training/device_image_cache.hpp"

#include <algorithm>
#include <cstring>

#include "colcomb/base/check.hpp"
#include "colcomb/training/to_device.hpp"

namespace colcomb::training {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30U;
constexpr std::int64_t kGrey = 128;  // as dataset::transformed covers pictures

std::int64_t whole(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

std::size_t bytes_of(const dataset::Dataset& data) {
  const dataset::ImageSize size = *data.picture_size();
  return data.size() * data.channels() * size.height * size.width;
}

/// What the device must know of a batch's placements, one row each of B numbers.
enum Row { kPicture, kTop, kLeft, kStep, kCutTop, kCutBottom, kCutLeft, kCutRight, kRows };

/// A mirrored picture is read from its window's last column backwards.
torch::Tensor rows_of(const dataset::Batch& batch) {
  auto rows = torch::empty({kRows, whole(batch.count)}, torch::kLong);
  auto entries = rows.accessor<std::int64_t, 2>();
  for (std::int64_t i = 0; i < whole(batch.count); ++i) {
    const dataset::Placement& p = batch.placements[static_cast<std::size_t>(i)];
    entries[kPicture][i] = whole(batch.indices[static_cast<std::size_t>(i)]);
    entries[kTop][i] = p.top;
    entries[kLeft][i] = p.mirrored ? p.left + whole(batch.width) - 1 : p.left;
    entries[kStep][i] = p.mirrored ? -1 : 1;
    entries[kCutTop][i] = whole(p.cut.top);
    entries[kCutBottom][i] = whole(p.cut.bottom);
    entries[kCutLeft][i] = whole(p.cut.left);
    entries[kCutRight][i] = whole(p.cut.right);
  }
  return rows;
}

/// Where from <= place < to, B x places.
torch::Tensor between(const torch::Tensor& places, const torch::Tensor& from,
                      const torch::Tensor& to) {
  return places.ge(from).logical_and_(places.lt(to));
}

}  // namespace

bool DeviceImageCache::takes(const dataset::Dataset& data,
                             const dataset::TransformOptions& transform) {
  return dataset::is_window(transform) && data.picture_size() && bytes_of(data) <= kMostBytes;
}

void DeviceImageCache::hold(const dataset::Dataset& data) {
  if (holds(data)) return;
  COLCOMB_CHECK(data.picture_size().has_value(), "pictures of many sizes cannot be held");
  auto pixels = torch::zeros({whole(bytes_of(data)) + 1}, torch::kUInt8);
  auto* to = pixels.data_ptr<std::uint8_t>();
  for (std::size_t i = 0; i < data.size(); ++i) {
    const dataset::Image image = data.read(i);
    COLCOMB_CHECK(image.size() == *data.picture_size(), "picture of another size than the others");
    to = std::copy(image.pixels.begin(), image.pixels.end(), to);
  }
  const dataset::ImageSize size = *data.picture_size();
  held_[&data] = {pixels.to(device_), whole(size.height), whole(size.width)};
}

torch::Tensor DeviceImageCache::images(const dataset::Batch& batch) const {
  const auto found = held_.find(batch.dataset);
  COLCOMB_CHECK(found != held_.end() && batch.placements.size() == batch.count,
                "batch of pictures that are not held");
  const Held& held = found->second;
  const std::int64_t count = whole(batch.count);
  const std::int64_t channels = whole(batch.channels);
  const auto rows = to_device(rows_of(batch), device_).unbind(0);
  const auto row = [&](Row r) { return rows[r].view({count, 1}); };
  const auto options = torch::TensorOptions(device_).dtype(torch::kLong);
  const auto y = torch::arange(whole(batch.height), options).view({1, -1});
  const auto x = torch::arange(whole(batch.width), options).view({1, -1});
  const auto from_y = y + row(kTop);
  const auto from_x = x * row(kStep) + row(kLeft);
  const auto outside_y = from_y.lt(0).logical_or_(from_y.ge(held.height));
  const auto outside_x = from_x.lt(0).logical_or_(from_x.ge(held.width));
  const auto outside =
      outside_y.view({count, 1, -1, 1}).logical_or(outside_x.view({count, 1, 1, -1}));
  const auto planes = row(kPicture) * channels + torch::arange(channels, options).view({1, -1});
  auto source =
      (planes.view({count, -1, 1, 1}) * held.height + from_y.view({count, 1, -1, 1})) * held.width +
      from_x.view({count, 1, 1, -1});
  source.masked_fill_(outside, held.pixels.numel() - 1);
  auto images = held.pixels.index_select(0, source.flatten()).view(source.sizes());
  const bool covers = std::any_of(batch.placements.begin(), batch.placements.end(),
                                  [](const dataset::Placement& p) { return !p.cut.empty(); });
  if (covers) {
    const auto cut_y = between(y, row(kCutTop), row(kCutBottom)).view({count, 1, -1, 1});
    const auto cut_x = between(x, row(kCutLeft), row(kCutRight)).view({count, 1, 1, -1});
    images.masked_fill_(cut_y.logical_and(cut_x), kGrey);
  }
  return images;
}

}  // namespace colcomb::training
