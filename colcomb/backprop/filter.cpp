#include "colcomb/backprop/filter.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::backprop {
namespace {

/// Share of surviving weights below which visiting them one by one beats the dense product: a
/// sparse product runs at about half the dense one's rate.
constexpr double kSparseShare = 0.4;

/// Columns of a dense filter matrix, or rows of a sparse one, whose gradient is written together.
constexpr std::size_t kPartLines = 16;

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
  pack_blocks(
      rows, columns, [&](std::size_t n, std::size_t m) { return value(weights, n, m); },
      dense_forward_);
  pack_blocks(
      columns, rows, [&](std::size_t m, std::size_t n) { return value(weights, n, m); },
      dense_backward_);
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

void Filter::backward(Product job, bool narrow, float* pairs) const {
  job.rows = geometry_.columns;
  job.columns = geometry_.rows();
  job.column_in = geometry_.row_offset.data();
  job.row_out = geometry_.column_offset.data();
  job.pixel_in = geometry_.pixel_out.data();
  job.pixel_out = geometry_.pixel_in.data();
  job.add = geometry_.shared_channels;
  if (sparse_) {
    kernels_.sparse_product(job, backward_.first.data(), backward_.taps.data());
  } else if (narrow) {
    job.columns = rows_.narrow.size();
    job.column_in = rows_.narrow.data();
    job.pixel_in = geometry_.narrow_pixel.data();
    kernels_.pair_product(job, dense_backward_.data());
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

void Filter::gradient(WeightGradient job, bool narrow, float* scratch, float* pairs,
                      float* out) const {
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
    pair_up(job, narrow, pairs);
    kernels_.pair_weight_gradient(job, out);
  } else {
    kernels_.weight_gradient(job, out);
  }
}

std::size_t Filter::gradient_parts() const {
  const std::size_t lines = sparse_ ? geometry_.rows() : geometry_.columns;
  return (lines + kPartLines - 1) / kPartLines;
}

void Filter::write_gradient(std::span<float* const> shares, std::size_t part, float* out) const {
  const std::size_t columns = geometry_.columns;
  const std::size_t rows = geometry_.rows();
  const std::size_t first = part * kPartLines;
  const auto add_up = [&](std::size_t begin, std::size_t end) {
    for (float* const share : shares.subspan(1)) {
      for (std::size_t i = begin; i < end; ++i) shares[0][i] += share[i];
    }
  };
  if (sparse_) {
    const std::size_t end = std::min(first + kPartLines, rows);
    std::fill(out + first * columns, out + end * columns, 0.0F);
    add_up(forward_.first[first], forward_.first[end]);
    for (std::uint32_t i = forward_.first[first]; i < forward_.first[end]; ++i)
      out[forward_.weight[i]] = shares[0][i];
    return;
  }
  const std::size_t end = std::min(first + kPartLines, columns);
  const std::size_t step = padded(rows);
  add_up(first * step, end * step);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t m = first; m < end; ++m) {
      const std::size_t at = n * columns + m;
      const float sum = shares[0][m * step + n];
      out[at] = mask_.empty() ? sum : sum * mask_[at];
    }
  }
}

}  // namespace colcomb::backprop
