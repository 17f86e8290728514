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

void RealProducts::gather_block(const std::vector<LayerPart>& parts,
                                const std::vector<const BasicMap<float>*>& inputs,
                                std::size_t first, std::size_t inside, std::size_t pixels,
                                std::vector<float>& block) const {
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const LayerDescription& reader = parts[p].reader;
    for (std::size_t k = 0; k < reader.columns.size(); ++k) {
      const std::size_t m = parts[p].column_begin + k;
      if (!reads_[m]) continue;
      const auto channel = static_cast<std::size_t>(reader.columns[k].channel);
      const std::span<float> values = std::span(block).subspan(m * pixels, pixels);
      gather(inputs[p]->plane(channel), reader, reader.columns[k],
             padding_[parts[p].channel_begin + channel], values.first(inside), first);
      std::ranges::fill(values.subspan(inside), 0.0F);
    }
  }
}

BasicMap<float> RealProducts::accumulate(const std::vector<LayerPart>& parts,
                                         const std::vector<const BasicMap<float>*>& inputs) const {
  const LayerDescription& layer = parts.front().reader;
  BasicMap<float> map{layer.out_channels, layer.sum_height(), layer.sum_width(), {}};
  const std::size_t pixels = map.pixels();
  map.values.resize(map.channels * pixels);
  const std::size_t step = pixels == 1 ? 1 : block_pixels(reads_.size(), pixels);
  std::vector<float> block(reads_.size() * step);
  std::vector<float> sums(kPanelRows * step);
  for (std::size_t first = 0; first < pixels; first += step) {
    const std::size_t inside = std::min(step, pixels - first);
    gather_block(parts, inputs, first, inside, step, block);
    for (std::size_t n = 0; n < map.channels; n += kPanelRows) {
      const std::size_t rows = std::min(kPanelRows, map.channels - n);
      const Panel& panel = panels_[n / kPanelRows];
      for (std::size_t r = 0; r < kPanelRows; ++r)
        std::fill_n(sums.begin() + static_cast<std::ptrdiff_t>(r * step), step,
                    r < rows ? bias_[n + r] : 0.0F);
      if (step == 1)
        kernel_->add_pixel(panel, block.data(), sums.data());
      else
        kernel_->add_products(panel, block.data(), step, sums.data());
      for (std::size_t r = 0; r < rows; ++r)
        std::copy_n(sums.begin() + static_cast<std::ptrdiff_t>(r * step), inside,
                    map.values.begin() + static_cast<std::ptrdiff_t>((n + r) * pixels + first));
    }
  }
  return map;
}

}  // namespace colcomb::semantics
