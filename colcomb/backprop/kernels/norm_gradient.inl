// Back through batch norm.
#pragma once

#include "colcomb/backprop/kernels/map_rows.inl"

namespace colcomb::backprop {
namespace {

/// One channel's factors of a NormGradient.
struct ChannelNorm {
  float a, b, c;

  ChannelNorm(const NormGradient& job, std::size_t channel)
      : a(job.a[channel]), b(job.b[channel]), c(job.c[channel]) {}
  [[nodiscard]] Vector gradient(const Vector& dz, const Vector& y) const {
    return dz * a + (y * b + c);
  }
};

/// Two channels at once: the output is packed, too.
void norm_gradient_bf16(const NormGradient& job) {
  const Vector mask = load(job.image_mask);
  const std::size_t length = job.extent.width * kVectorImages;
  const std::size_t channels = job.extent.channels;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    if (channel % 2 == 1) return;  // with the one before
    const std::size_t at = map_offset(job.stored_strides, channel / 2, row);
    const float* const dz = job.dz + at;
    const float* const y = job.y + at;
    float* const dy = job.dy + map_offset(job.dy_strides, channel / 2, row);
    const ChannelNorm first(job, channel);
    // Past the last channel: of halves that are zero.
    ChannelNorm second(job, channel + 1 < channels ? channel + 1 : channel);
    if (channel + 1 == channels) second.c = 0;
    for (std::size_t i = 0; i < length; i += kVectorImages) {
      const Vector dzs = load(dz + i);
      const Vector ys = load(y + i);
      const Vector low = first.gradient(lower_half(dzs), lower_half(ys)) * mask;
      const Vector high = second.gradient(upper_half(dzs), upper_half(ys)) * mask;
      store(dy + i, pack(low, high));
    }
  });
}

void norm_gradient(const NormGradient& job) {
  if (job.dy_bf16) {
    norm_gradient_bf16(job);
    return;
  }
  const Vector mask = load(job.image_mask);
  const std::size_t length = job.extent.width * kVectorImages;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    float* const dy = job.dy + map_offset(job.dy_strides, channel, row);
    const ChannelNorm norm(job, channel);
    with_channel(job.stored_strides, job.stored_bf16, channel, row,
                 [&](std::size_t at, auto reader) {
                   const float* const dz = job.dz + at;
                   const float* const y = job.y + at;
                   for (std::size_t i = 0; i < length; i += kVectorImages)
                     store(dy + i, norm.gradient(reader.read(dz + i), reader.read(y + i)) * mask);
                 });
  });
}

}  // namespace
}  // namespace colcomb::backprop
