#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/semantics/map.hpp"
#include "colcomb/semantics/panels.hpp"

namespace colcomb::semantics {

/// What RealLayer<float> computes, many times as fast, in another order of the sums: they differ
/// from its by rounding alone.
class RealProducts {
 public:
  /// weights: N x M; bias: N; padding: C, the value of pixels outside the map, per channel.
  RealProducts(const Matrix<float>& weights, std::vector<float> bias, std::vector<float> padding,
               const PanelKernel& kernel = panel_kernel());

  /// The maps that the layer's parts read, one per part.
  using Inputs = std::vector<const BasicMap<float>*>;

  /// N x sum_height x sum_width from the maps that the layer's parts read. Requires: one map per
  /// part.
  [[nodiscard]] BasicMap<float> accumulate(const std::vector<LayerPart>& parts,
                                           const Inputs& inputs) const;

  /// The same for several images at once, which is faster where maps are small: a block holds
  /// pixels of several. An image's sums do not depend on the others.
  [[nodiscard]] std::vector<BasicMap<float>> accumulate_images(
      const std::vector<LayerPart>& parts, const std::vector<Inputs>& images) const;

 private:
  /// Pixels [first, first + count) of an image, in a block from pixel `at` on.
  struct Span {
    std::size_t image = 0, first = 0, count = 0, at = 0;
  };

  /// As accumulate_images. `pixel_wise`: one pixel at a time, by add_pixel.
  [[nodiscard]] std::vector<BasicMap<float>> accumulate(const std::vector<LayerPart>& parts,
                                                        const std::vector<Inputs>& images,
                                                        bool pixel_wise) const;
  /// Block of the columns' values for the pixels of `spans`: M x `pixels`, zeros behind them.
  void gather_block(const std::vector<LayerPart>& parts, const std::vector<Inputs>& images,
                    const std::vector<Span>& spans, std::size_t pixels,
                    std::vector<float>& block) const;
  /// What a block holds of images of `pixels` pixels each: `inside` pixels from `first` on, counted
  /// through all images.
  static std::vector<Span> spans_of(std::size_t first, std::size_t inside, std::size_t pixels);

  const PanelKernel* kernel_;
  std::vector<Panel> panels_;
  std::vector<bool> reads_;  // per column: has it a nonzero weight?
  std::vector<float> bias_;
  std::vector<float> padding_;
};

}  // namespace colcomb::semantics
