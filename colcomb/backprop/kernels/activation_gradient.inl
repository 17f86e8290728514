// Back through clamp and residual addition, with the sums that batch norm's gradient needs.
#pragma once

#include "colcomb/backprop/kernels/map_rows.inl"

namespace colcomb::backprop {
namespace {

/// One channel's row of an ActivationGradient.
struct ChannelGradient {
  const float* d;
  const float* a;
  const float* residual;
  float mean;
  float top;
  float* sums;
  Vector sum, products;

  ChannelGradient(const ActivationGradient& job, std::size_t channel, std::size_t row)
      : d(job.d + map_offset(job.map_strides, channel, row)),
        a(job.a + map_offset(job.map_strides, channel, row)),
        residual(job.residual == nullptr
                     ? nullptr
                     : job.residual + map_offset(job.residual_strides, channel, row)),
        mean(job.mean[channel]),
        top(job.top),
        sums(job.sums + channel * 2 * kVectorImages),
        sum(load(sums)),
        products(load(sums + kVectorImages)) {}

  /// Of vector i of the row.
  Vector gradient(std::size_t i, const Vector& y) {
    Vector value = load(d + i);
    if (residual != nullptr) value = value + load(residual + i);
    value = pass_where_linear(load(a + i), top, value);
    sum = sum + value;
    products = products + value * (y + -mean);
    return value;
  }
  void end() const {
    store(sums, sum);
    store(sums + kVectorImages, products);
  }
};

void activation_gradient(const ActivationGradient& job) {
  const std::size_t length = job.extent.width * kVectorImages;
  const std::size_t channels = job.extent.channels;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    if (job.stored_bf16 && channel % 2 == 1) return;  // with the one before
    const std::size_t at =
        map_offset(job.stored_strides, job.stored_bf16 ? channel / 2 : channel, row);
    const float* const y = job.y + at;
    float* const dz = job.dz + at;
    ChannelGradient first(job, channel, row);
    if (!job.stored_bf16) {
      for (std::size_t i = 0; i < length; i += kVectorImages)
        store_non_temporal(dz + i, first.gradient(i, load(y + i)));
    } else if (channel + 1 < channels) {
      ChannelGradient second(job, channel + 1, row);
      for (std::size_t i = 0; i < length; i += kVectorImages) {
        const Vector pairs = load(y + i);
        const Vector low = first.gradient(i, lower_half(pairs));
        store_non_temporal(dz + i, pack(low, second.gradient(i, upper_half(pairs))));
      }
      second.end();
    } else {
      for (std::size_t i = 0; i < length; i += kVectorImages)
        store_non_temporal(dz + i, pack(first.gradient(i, lower_half(load(y + i))), Vector{}));
    }
    first.end();
  });
  fence();
}

}  // namespace
}  // namespace colcomb::backprop
