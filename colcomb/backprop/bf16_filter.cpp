// Dense products in bfloat16: what a product multiplies, rounded and brought together in packed.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "colcomb/backprop/filter.hpp"

namespace colcomb::backprop {
namespace {

/// Both parameters rounded to bfloat16, to nearest, ties to even; the first in the lower half.
float packed_pair(float low, float high) {
  const auto half = [](float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;
  };
  return std::bit_cast<float>(half(low) | half(high) << 16);
}

std::size_t half_up(std::size_t n) {
  return (n + 1) / 2;
}

}  // namespace

Filter::PackedOperand Filter::packed_operand(const std::vector<std::int32_t>& offsets) const {
  PackedOperand operand;
  const std::size_t pixels = geometry_.pixel_in.size();
  for (std::size_t i = 0; i < offsets.size(); i += 2) {
    operand.low.push_back(offsets[i]);
    // An odd last one meets the weight 0.
    operand.high.push_back(offsets[std::min(i + 1, offsets.size() - 1)]);
    operand.row_packed.push_back(static_cast<std::int32_t>(i / 2 * pixels * kVectorImages));
  }
  for (std::size_t i = 0; i < offsets.size(); ++i)
    operand.pixel_packed.push_back(static_cast<std::int32_t>(i * half_up(pixels) * kVectorImages));
  return operand;
}

void Filter::pack_bf16(const float* weights) {
  if (columns_.low.empty()) {
    columns_ = packed_operand(geometry_.column_offset);
    rows_ = packed_operand(geometry_.row_offset);
    for (std::size_t n = 0; n < geometry_.rows(); n += 2)
      rows_.stored_bf16.push_back(geometry_.bf16_row[n]);
    for (std::size_t p = 0; p < geometry_.pixel_in.size(); ++p)
      packed_pixels_.push_back(static_cast<std::int32_t>(p * kVectorImages));
  }
  const std::size_t rows = geometry_.rows();
  const std::size_t columns = geometry_.columns;
  pack_blocks(
      rows, half_up(columns),
      [&](std::size_t n, std::size_t j) {
        const float high = 2 * j + 1 < columns ? value(weights, n, 2 * j + 1) : 0.0F;
        return packed_pair(value(weights, n, 2 * j), high);
      },
      dense_forward_);
  pack_blocks(
      columns, half_up(rows),
      [&](std::size_t m, std::size_t j) {
        const float high = 2 * j + 1 < rows ? value(weights, 2 * j + 1, m) : 0.0F;
        return packed_pair(value(weights, 2 * j, m), high);
      },
      dense_backward_);
}

std::size_t Filter::bf16_scratch() const {
  if (!bf16_) return 0;
  const std::size_t pixels = geometry_.pixel_in.size();
  return std::max(half_up(std::max(geometry_.rows(), geometry_.columns)) * pixels,
                  (geometry_.rows() + geometry_.columns) * half_up(pixels));
}

void Filter::pack_operands(Product& job, const PackedOperand& operand, float* packed) const {
  Bf16Packing input;
  input.rows = operand.low.size();
  input.in = job.in;
  input.low = operand.low.data();
  input.high = operand.high.data();
  input.pixels = job.pixels;
  input.low_pixel = input.high_pixel = job.pixel_in;
  input.out = packed;
  input.row_stride = geometry_.pixel_in.size() * kVectorImages;
  kernels_.bf16_pack_rows(input);
  job.in = packed;
  job.columns = operand.low.size();
  job.column_in = operand.row_packed.data();
  job.pixel_in = packed_pixels_.data();
}

void Filter::pack_operands(WeightGradient& job, bool grad_bf16, float* packed) const {
  Bf16Packing input;
  input.pixels = job.pixels;
  input.row_stride = half_up(geometry_.pixel_in.size()) * kVectorImages;
  // Packs one operand behind the other; returns where it lies.
  const auto packed_at = [&](auto make, std::size_t count, const float* in,
                             const std::int32_t* offsets,
                             const std::int32_t* pixels) -> const float* {
    input.rows = count;
    input.in = in;
    input.low = offsets;
    input.low_pixel = pixels;
    input.out = packed;
    make(input);
    packed += count * input.row_stride;
    return input.out;
  };
  job.grad = grad_bf16 ? packed_at(kernels_.bf16_repack_pixels, job.rows, job.grad,
                                   rows_.stored_bf16.data(), geometry_.bf16_pixel.data())
                       : packed_at(kernels_.bf16_pack_pixels, job.rows, job.grad, job.row_grad,
                                   job.pixel_grad);
  job.in = packed_at(kernels_.bf16_pack_pixels, job.columns, job.in, job.column_in, job.pixel_in);
  job.row_grad = rows_.pixel_packed.data();
  job.column_in = columns_.pixel_packed.data();
  job.pixels = half_up(job.pixels);
  job.pixel_grad = job.pixel_in = packed_pixels_.data();
}

}  // namespace colcomb::backprop
