#pragma once

#include <cstddef>

#include "colcomb/backprop/kernels/vector_layout.hpp"

namespace colcomb::backprop {

/// Floats from one row, or channel, of a map to the next.
struct MapStrides {
  std::size_t row = 0;
  std::size_t channel = 0;
};

/// Some rows of a map: the kernels below visit every vector [row, channel, column] of these.
struct Extent {
  std::size_t rows = 0;
  std::size_t channels = 0;
  std::size_t width = 0;  // columns of pixels: vectors of a channel's row
};

/// out = clamp(y * scale + shift + residual, 0, top) * image_mask, rounded to the nearest integer
/// (ties upwards) before the mask if `rounded`.
struct Activation {
  Extent extent;
  const float* y = nullptr;
  MapStrides y_strides;
  bool y_bf16 = false;
  const float* scale = nullptr;       // per channel
  const float* shift = nullptr;       // per channel
  std::size_t residual_channels = 0;  // so many first channels have a residual
  const float* residual = nullptr;
  MapStrides residual_strides;
  std::size_t residual_column = 0;    // floats from one column of pixels to the next
  const float* image_mask = nullptr;  // one vector: 1 for images, 0 beyond the last image
  float* out = nullptr;
  MapStrides out_strides;
  float top = 6;
  bool rounded = false;
};

/// Back through clamp: dz = d + residual where 0 < a < top, else 0. For each channel c, image by
/// image, the sum of dz over the extent is added to vector 2c of `sums`, that of dz * (y - mean[c])
/// to vector 2c + 1. dz is stored non-temporally.
struct ActivationGradient {
  Extent extent;
  const float* d = nullptr;         // gradient by the activation
  const float* a = nullptr;         // the activation
  MapStrides map_strides;           // of d and a
  const float* residual = nullptr;  // gradient by the activation from residual additions, or null
  MapStrides residual_strides;
  const float* y = nullptr;     // the product before batch norm
  const float* mean = nullptr;  // per channel
  float* dz = nullptr;
  MapStrides stored_strides;  // of y and dz
  bool stored_bf16 = false;   // y and dz
  float* sums = nullptr;      // channels x 2 vectors
  float top = 6;
};

/// Back through batch norm: dy = (dz * a + y * b + c) * image_mask, with a, b and c per channel.
struct NormGradient {
  Extent extent;
  const float* dz = nullptr;
  const float* y = nullptr;
  MapStrides stored_strides;  // of dz and y
  bool stored_bf16 = false;   // dz and y
  float* dy = nullptr;
  MapStrides dy_strides;
  bool dy_bf16 = false;  // then stored_bf16, too
  const float *a = nullptr, *b = nullptr, *c = nullptr;
  const float* image_mask = nullptr;  // as in Activation
};

}  // namespace colcomb::backprop
