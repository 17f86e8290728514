#include "colcomb/semantics/panels.hpp"

#include <algorithm>

namespace colcomb::semantics {

#if defined(__x86_64__)
extern const PanelKernel avx512_panels;
extern const PanelKernel avx2_panels;
#endif
extern const PanelKernel portable_panels;

std::vector<Panel> panels_of(const Matrix<float>& weights) {
  std::vector<Panel> panels;
  for (std::size_t first = 0; first < weights.rows(); first += kPanelRows) {
    Panel& panel = panels.emplace_back();
    const std::size_t rows = std::min(kPanelRows, weights.rows() - first);
    for (std::size_t m = 0; m < weights.cols(); ++m) {
      float values[kPanelRows] = {};
      for (std::size_t r = 0; r < rows; ++r) values[r] = weights(first + r, m);
      if (std::ranges::all_of(values, [](float value) { return value == 0; })) continue;
      panel.columns.push_back(static_cast<std::uint32_t>(m));
      panel.weights.insert(panel.weights.end(), values, values + kPanelRows);
    }
  }
  return panels;
}

const std::vector<const PanelKernel*>& panel_kernels() {
  static const std::vector<const PanelKernel*> kernels = {
#if defined(__x86_64__)
    &avx512_panels,
    &avx2_panels,
#endif
    &portable_panels
  };
  return kernels;
}

const PanelKernel& panel_kernel() {
  static const PanelKernel& kernel = **std::ranges::find_if(
      panel_kernels(), [](const PanelKernel* each) { return each->runs_here(); });
  return kernel;
}

}  // namespace colcomb::semantics
