#include "colcomb/semantics/real_products.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "colcomb/semantics/geometry.hpp"

namespace colcomb::semantics {
namespace {

/// Bytes of a block of column values: it stays in a processor core's own cache.
constexpr std::size_t kBlockBytes = std::size_t{512} << 10U;

/// Pixels of a block: whole steps, as many as the cache holds of M columns.
std::size_t block_pixels(std::size_t columns, std::size_t pixels) {
  const std::size_t most = kBlockBytes / sizeof(float) / std::max<std::size_t>(columns, 1);
  const std::size_t steps = std::clamp<std::size_t>(most / kPixelStep, 1, 32);
  return std::min(steps, (pixels + kPixelStep - 1) / kPixelStep) * kPixelStep;
}

}  // namespace

RealProducts::RealProducts(const Matrix<float>& weights, std::vector<float> bias,
                           std::vector<float> padding, const PanelKernel& kernel)
    : kernel_(&kernel),
      panels_(panels_of(weights)),
      reads_(weights.cols()),
      bias_(std::move(bias)),
      padding_(std::move(padding)) {
  for (const Panel& panel : panels_) {
    for (const std::uint32_t column : panel.columns) reads_[column] = true;
  }
}

std::vector<RealProducts::Span> RealProducts::spans_of(std::size_t first, std::size_t inside,
                                                       std::size_t pixels) {
  std::vector<Span> spans;
  for (std::size_t at = 0; at < inside; at += spans.back().count) {
    const std::size_t begin = (first + at) % pixels;
    spans.push_back({(first + at) / pixels, begin, std::min(pixels - begin, inside - at), at});
  }
  return spans;
}

void RealProducts::gather_block(const std::vector<LayerPart>& parts,
                                const std::vector<Inputs>& images, const std::vector<Span>& spans,
                                std::size_t pixels, std::vector<float>& block) const {
  const std::size_t inside = spans.back().at + spans.back().count;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const LayerDescription& reader = parts[p].reader;
    for (std::size_t k = 0; k < reader.columns.size(); ++k) {
      const std::size_t m = parts[p].column_begin + k;
      if (!reads_[m]) continue;
      const auto channel = static_cast<std::size_t>(reader.columns[k].channel);
      const float padding = padding_[parts[p].channel_begin + channel];
      const std::span<float> values = std::span(block).subspan(m * pixels, pixels);
      for (const Span& span : spans) {
        gather(images[span.image][p]->plane(channel), reader, reader.columns[k], padding,
               values.subspan(span.at, span.count), span.first);
      }
      std::ranges::fill(values.subspan(inside), 0.0F);
    }
  }
}

BasicMap<float> RealProducts::accumulate(const std::vector<LayerPart>& parts,
                                         const Inputs& inputs) const {
  const bool pixel_wise = parts.front().reader.sum_pixels() == 1;
  return std::move(accumulate(parts, {inputs}, pixel_wise).front());
}

std::vector<BasicMap<float>> RealProducts::accumulate_images(
    const std::vector<LayerPart>& parts, const std::vector<Inputs>& images) const {
  return accumulate(parts, images, false);
}

std::vector<BasicMap<float>> RealProducts::accumulate(const std::vector<LayerPart>& parts,
                                                      const std::vector<Inputs>& images,
                                                      bool pixel_wise) const {
  const LayerDescription& layer = parts.front().reader;
  const std::size_t pixels = layer.sum_pixels();
  std::vector<BasicMap<float>> maps(images.size());
  for (BasicMap<float>& map : maps) {
    map = {layer.out_channels, layer.sum_height(), layer.sum_width(), {}};
    map.values.resize(layer.out_channels * pixels);
  }
  const std::size_t all = images.size() * pixels;
  const std::size_t step = pixel_wise ? 1 : block_pixels(reads_.size(), all);
  std::vector<float> block(reads_.size() * step);
  std::vector<float> sums(kPanelRows * step);
  for (std::size_t first = 0; first < all; first += step) {
    const std::vector<Span> spans = spans_of(first, std::min(step, all - first), pixels);
    gather_block(parts, images, spans, step, block);
    for (std::size_t n = 0; n < layer.out_channels; n += kPanelRows) {
      const std::size_t rows = std::min(kPanelRows, layer.out_channels - n);
      const Panel& panel = panels_[n / kPanelRows];
      for (std::size_t r = 0; r < kPanelRows; ++r)
        std::fill_n(sums.begin() + static_cast<std::ptrdiff_t>(r * step), step,
                    r < rows ? bias_[n + r] : 0.0F);
      if (pixel_wise)
        kernel_->add_pixel(panel, block.data(), sums.data());
      else
        kernel_->add_products(panel, block.data(), step, sums.data());
      for (std::size_t r = 0; r < rows; ++r) {
        for (const Span& span : spans)
          std::copy_n(sums.data() + r * step + span.at, span.count,
                      maps[span.image].values.data() + (n + r) * pixels + span.first);
      }
    }
  }
  return maps;
}

}  // namespace colcomb::semantics
