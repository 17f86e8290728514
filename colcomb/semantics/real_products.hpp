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

  /// N x sum_height x sum_width from the maps that the layer's parts read. Requires: one map per
  /// part.
  [[nodiscard]] BasicMap<float> accumulate(const std::vector<LayerPart>& parts,
                                           const std::vector<const BasicMap<float>*>& inputs) const;

 private:
  /// Block of the columns' values for pixels from `first` on: M x `pixels`, zeros beyond the map.
  void gather_block(const std::vector<LayerPart>& parts,
                    const std::vector<const BasicMap<float>*>& inputs, std::size_t first,
                    std::size_t inside, std::size_t pixels, std::vector<float>& block) const;

  const PanelKernel* kernel_;
  std::vector<Panel> panels_;
  std::vector<bool> reads_;  // per column: has it a nonzero weight?
  std::vector<float> bias_;
  std::vector<float> padding_;
};

}  // namespace colcomb::semantics
