// Dense products in bfloat16: what a product multiplies, rounded and brought together in pairs.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "colcomb/backprop/filter.hpp"

namespace colcomb::backprop {
namespace {

/// Both numbers rounded to bfloat16, to nearest, ties to even; the first in the lower half.
float pair_of(float low, float high) {
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

Filter::PairedSide Filter::paired_side(const std::vector<std::int32_t>& offsets) const {
  PairedSide side;
  const std::size_t pixels = geometry_.pixel_in.size();
  for (std::size_t i = 0; i < offsets.size(); i += 2) {
    side.low.push_back(offsets[i]);
    // An odd last one meets the weight 0.
    side.high.push_back(offsets[std::min(i + 1, offsets.size() - 1)]);
    side.in_pairs.push_back(static_cast<std::int32_t>(i / 2 * pixels * kLanes));
  }
  for (std::size_t i = 0; i < offsets.size(); ++i)
    side.alone.push_back(static_cast<std::int32_t>(i * half_up(pixels) * kLanes));
  return side;
}

void Filter::pack_pairs(const float* weights) {
  if (columns_.low.empty()) {
    columns_ = paired_side(geometry_.column_offset);
    rows_ = paired_side(geometry_.row_offset);
    for (std::size_t n = 0; n < geometry_.rows(); n += 2)
      rows_.narrow.push_back(geometry_.narrow_row[n]);
    for (std::size_t p = 0; p < geometry_.pixel_in.size(); ++p)
      pixels_in_pairs_.push_back(static_cast<std::int32_t>(p * kLanes));
  }
  const std::size_t rows = geometry_.rows();
  const std::size_t columns = geometry_.columns;
  pack_blocks(
      rows, half_up(columns),
      [&](std::size_t n, std::size_t j) {
        const float high = 2 * j + 1 < columns ? value(weights, n, 2 * j + 1) : 0.0F;
        return pair_of(value(weights, n, 2 * j), high);
      },
      dense_forward_);
  pack_blocks(
      columns, half_up(rows),
      [&](std::size_t m, std::size_t j) {
        const float high = 2 * j + 1 < rows ? value(weights, 2 * j + 1, m) : 0.0F;
        return pair_of(value(weights, 2 * j, m), high);
      },
      dense_backward_);
}

std::size_t Filter::pair_scratch() const {
  if (!paired_) return 0;
  const std::size_t pixels = geometry_.pixel_in.size();
  return std::max(half_up(std::max(geometry_.rows(), geometry_.columns)) * pixels,
                  (geometry_.rows() + geometry_.columns) * half_up(pixels));
}

void Filter::pair_up(Product& job, const PairedSide& side, float* pairs) const {
  Pairs input;
  input.count = side.low.size();
  input.in = job.in;
  input.low = side.low.data();
  input.high = side.high.data();
  input.pixels = job.pixels;
  input.low_pixel = input.high_pixel = job.pixel_in;
  input.out = pairs;
  input.step = geometry_.pixel_in.size() * kLanes;
  kernels_.make_pairs(input);
  job.in = pairs;
  job.columns = side.low.size();
  job.column_in = side.in_pairs.data();
  job.pixel_in = pixels_in_pairs_.data();
}

void Filter::pair_up(WeightGradient& job, bool narrow, float* pairs) const {
  Pairs input;
  input.pixels = job.pixels;
  input.step = half_up(geometry_.pixel_in.size()) * kLanes;
  // Gives where a side's pairs lie, one side after the other.
  const auto bring = [&](auto make, std::size_t count, const float* in, const std::int32_t* offsets,
                         const std::int32_t* pixels) -> const float* {
    input.count = count;
    input.in = in;
    input.low = offsets;
    input.low_pixel = pixels;
    input.out = pairs;
    make(input);
    pairs += count * input.step;
    return input.out;
  };
  job.grad =
      narrow ? bring(kernels_.split_pixel_pairs, job.rows, job.grad, rows_.narrow.data(),
                     geometry_.narrow_pixel.data())
             : bring(kernels_.make_pixel_pairs, job.rows, job.grad, job.row_grad, job.pixel_grad);
  job.in = bring(kernels_.make_pixel_pairs, job.columns, job.in, job.column_in, job.pixel_in);
  job.row_grad = rows_.alone.data();
  job.column_in = columns_.alone.data();
  job.pixels = half_up(job.pixels);
  job.pixel_grad = job.pixel_in = pixels_in_pairs_.data();
}

}  // namespace colcomb::backprop
