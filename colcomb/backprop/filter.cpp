#include "colcomb/backprop/filter.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::backprop {
namespace {

/// Share of surviving weights below which visiting them one by one beats the dense product: a
/// sparse product runs at about half the dense one's rate.
constexpr double kSparseShare = 0.4;

/// Rows and columns from which on making pairs costs less than multiplying them saves.
constexpr std::size_t kLeastForPairs = 16;

}  // namespace

Filter::Filter(const LayerGeometry& geometry, const Kernels& kernels)
    : geometry_(geometry), kernels_(kernels) {}

void Filter::set_mask(std::span<const float> mask) {
  const std::size_t size = geometry_.rows() * geometry_.columns;
  COLCOMB_CHECK(mask.empty() || mask.size() == size, "a mask must have one entry per weight");
  mask_.assign(mask.begin(), mask.end());
  const auto kept = std::count_if(mask.begin(), mask.end(), [](float m) { return m != 0; });
  sparse_ =
      !mask.empty() && static_cast<double>(kept) < kSparseShare * static_cast<double>(mask.size());
  forward_ = backward_ = {};
  if (sparse_) list_taps(mask);
}

void Filter::list_taps(std::span<const float> mask) {
  const std::size_t columns = geometry_.columns;
  const auto visit = [&](SparseRows& rows, std::size_t count, std::size_t inner, auto place,
                         auto offset) {
    rows.first.push_back(0);
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t i = 0; i < inner; ++i) {
        const std::size_t at = place(r, i);
        if (mask[at] == 0) continue;
        rows.weight.push_back(static_cast<std::uint32_t>(at));
        rows.taps.push_back({0, offset(i)});
      }
      rows.first.push_back(static_cast<std::uint32_t>(rows.taps.size()));
    }
  };
  visit(
      forward_, geometry_.rows(), columns,
      [&](std::size_t n, std::size_t m) { return n * columns + m; },
      [&](std::size_t m) { return geometry_.column_offset[m]; });
  visit(
      backward_, columns, geometry_.rows(),
      [&](std::size_t m, std::size_t n) { return n * columns + m; },
      [&](std::size_t n) { return geometry_.row_offset[n]; });
}

void Filter::set_weights(const float* weights, Precision precision) {
  paired_ = !sparse_ && precision == Precision::kBfloat16 &&
            std::min(geometry_.rows(), geometry_.columns) >= kLeastForPairs;
  if (sparse_) {
    for (SparseRows* side : {&forward_, &backward_}) {
      for (std::size_t i = 0; i < side->taps.size(); ++i)
        side->taps[i].weight = weights[side->weight[i]];
    }
  } else if (paired_) {
    pack_pairs(weights);
  } else {
    pack(weights);
  }
}

void Filter::pack(const float* weights) {
  const std::size_t rows = geometry_.rows();
  const std::size_t columns = geometry_.columns;
  const std::size_t block = kernels_.block_rows;
  dense_forward_.assign(padded(rows) * columns, 0);
  dense_backward_.assign(padded(columns) * rows, 0);
  for (std::size_t n = 0; n < rows; ++n) {
    float* const to = dense_forward_.data() + n / block * block * columns + n % block;
    for (std::size_t m = 0; m < columns; ++m) to[m * block] = value(weights, n, m);
  }
  for (std::size_t m = 0; m < columns; ++m) {
    float* const to = dense_backward_.data() + m / block * block * rows + m % block;
    for (std::size_t n = 0; n < rows; ++n) to[n * block] = value(weights, n, m);
  }
}

void Filter::forward(Product job, float* pairs) const {
  job.rows = geometry_.rows();
  job.columns = geometry_.columns;
  job.column_in = geometry_.column_offset.data();
  job.row_out = (job.narrow ? geometry_.narrow_row : geometry_.row_offset).data();
  job.pixel_in = geometry_.pixel_in.data();
  job.pixel_out = (job.narrow ? geometry_.narrow_pixel : geometry_.pixel_out).data();
  if (sparse_) {
    kernels_.sparse_product(job, forward_.first.data(), forward_.taps.data());
  } else if (paired_) {
    pair_up(job, columns_, pairs);
    kernels_.pair_product(job, dense_forward_.data());
  } else {
    kernels_.product(job, dense_forward_.data());
  }
}

void Filter::backward(Product job, float* pairs) const {
  job.rows = geometry_.columns;
  job.columns = geometry_.rows();
  job.column_in = geometry_.row_offset.data();
  job.row_out = geometry_.column_offset.data();
  job.pixel_in = geometry_.pixel_out.data();
  job.pixel_out = geometry_.pixel_in.data();
  job.add = geometry_.shared_channels;
  if (sparse_) {
    kernels_.sparse_product(job, backward_.first.data(), backward_.taps.data());
  } else if (paired_) {
    pair_up(job, rows_, pairs);
    kernels_.pair_product(job, dense_backward_.data());
  } else {
    kernels_.product(job, dense_backward_.data());
  }
}

std::size_t Filter::gradient_size() const {
  return sparse_ ? forward_.taps.size() : padded(geometry_.rows()) * geometry_.columns;
}

std::size_t Filter::padded(std::size_t rows) const {
  const std::size_t block = kernels_.block_rows;
  return (rows + block - 1) / block * block;
}

float Filter::value(const float* weights, std::size_t row, std::size_t column) const {
  const std::size_t at = row * geometry_.columns + column;
  return mask_.empty() ? weights[at] : weights[at] * mask_[at];
}

void Filter::gradient(WeightGradient job, float* scratch, float* pairs, float* out) const {
  job.rows = geometry_.rows();
  job.columns = geometry_.columns;
  job.row_grad = geometry_.row_offset.data();
  job.column_in = geometry_.column_offset.data();
  job.pixel_grad = geometry_.pixel_out.data();
  job.pixel_in = geometry_.pixel_in.data();
  if (sparse_) {
    kernels_.sparse_weight_gradient(job, forward_.first.data(), forward_.taps.data(), scratch);
    kernels_.collect(scratch, forward_.taps.size(), out);
  } else if (paired_) {
    pair_up(job, pairs);
    kernels_.pair_weight_gradient(job, out);
  } else {
    kernels_.weight_gradient(job, out);
  }
}

void Filter::scatter_gradient(std::span<const float> values, float* out) const {
  const std::size_t size = geometry_.rows() * geometry_.columns;
  if (sparse_) {
    std::fill_n(out, size, 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i) out[forward_.weight[i]] = values[i];
    return;
  }
  for (std::size_t n = 0; n < geometry_.rows(); ++n) {
    for (std::size_t m = 0; m < geometry_.columns; ++m) {
      const std::size_t at = n * geometry_.columns + m;
      const float value = values[m * padded(geometry_.rows()) + n];
      out[at] = mask_.empty() ? value : value * mask_[at];
    }
  }
}

}  // namespace colcomb::backprop
