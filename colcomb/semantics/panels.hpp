#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/matrix.hpp"

namespace colcomb::semantics {

inline constexpr std::size_t kPanelRows = 8;

/// Eight rows of a filter matrix (fewer at its end) without the columns in which all are 0.
struct Panel {
  std::vector<std::uint32_t> columns;  // ascending
  std::vector<float> weights;          // kPanelRows for each column; 0 beyond the matrix
};

/// The panels of an N x M matrix, ceil(N / kPanelRows) of them.
[[nodiscard]] std::vector<Panel> panels_of(const Matrix<float>& weights);

/// Adds a panel's products for `pixels` pixels to the sums: row r has its sums at
/// sums + r * pixels, column m its values at planes + m * pixels, both padded to whole vectors.
/// Requires: pixels is a multiple of kPixelStep.
using AddProducts = void (*)(const Panel& panel, const float* planes, std::size_t pixels,
                             float* sums);
/// The same for one pixel: kPanelRows sums, one value a column.
using AddPixel = void (*)(const Panel& panel, const float* values, float* sums);

/// What all kernels count pixels in.
inline constexpr std::size_t kPixelStep = 32;

struct PanelKernel {
  const char* name;
  bool (*runs_here)();
  AddProducts add_products;
  AddPixel add_pixel;
};

/// Fastest first; the last one runs everywhere.
[[nodiscard]] const std::vector<const PanelKernel*>& panel_kernels();
/// The first of them that this processor runs.
[[nodiscard]] const PanelKernel& panel_kernel();

}  // namespace colcomb::semantics
