// Batch norm's affine map, residual addition and clamp, forward.
#pragma once

#include "colcomb/backprop/kernels/map_rows.inl"

namespace colcomb::backprop {
namespace {

template <bool kRounded>
void activate_rows(const Activation& job) {
  const Vector mask = load(job.image_mask);
  const std::size_t length = job.extent.width * kVectorImages;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    float* const out = job.out + map_offset(job.out_strides, channel, row);
    const float scale = job.scale[channel];
    const float shift = job.shift[channel];
    const float top = job.top;
    const auto finish = [&](std::size_t i, Vector value) {
      value = clamp(value, top);
      if constexpr (kRounded) value = round(value);
      store(out + i, value * mask);
    };
    with_channel(job.y_strides, job.y_bf16, channel, row, [&](std::size_t at, auto reader) {
      const float* const y = job.y + at;
      if (channel < job.residual_channels) {
        const float* residual = job.residual + map_offset(job.residual_strides, channel, row);
        const std::size_t column = job.residual_column;
        for (std::size_t i = 0; i < length; i += kVectorImages, residual += column)
          finish(i, reader.read(y + i) * scale + shift + load(residual));
      } else {
        for (std::size_t i = 0; i < length; i += kVectorImages)
          finish(i, reader.read(y + i) * scale + shift);
      }
    });
  });
}

void activate(const Activation& job) {
  job.rounded ? activate_rows<true>(job) : activate_rows<false>(job);
}

}  // namespace
}  // namespace colcomb::backprop
