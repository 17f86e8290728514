#include "colcomb/backprop/filter.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::backprop {
namespace {

/// Fraction of nonzero weights below which the sparse product is the faster one: it does about half
/// as many multiplications per second as the dense one.
constexpr double kSparseDensity = 0.4;

/// Columns of a dense filter matrix, or rows of a sparse one, in a chunk of write_gradient().
constexpr std::size_t kChunkLines = 16;

/// Rows and columns from which on packing operands costs less than the faster product saves.
constexpr std::size_t kLeastForBf16 = 16;

}  // namespace

Filter::Filter(const LayerGeometry& geometry, const Kernels& kernels)
    : geometry_(geometry), kernels_(kernels) {}

void Filter::set_mask(std::span<const float> mask) {
  const std::size_t size = geometry_.rows() * geometry_.columns;
  COLCOMB_CHECK(mask.empty() || mask.size() == size, "a mask must have one entry per weight");
  mask_.assign(mask.begin(), mask.end());
  const auto kept = std::count_if(mask.begin(), mask.end(), [](float m) { return m != 0; });
  sparse_ = !mask.empty() &&
            static_cast<double>(kept) < kSparseDensity * static_cast<double>(mask.size());
  forward_ = backward_ = {};
  if (sparse_) list_entries(mask);
}

void Filter::list_entries(std::span<const float> mask) {
  const std::size_t columns = geometry_.columns;
  const auto visit = [&](SparseRows& rows, std::size_t count, std::size_t inner, auto place,
                         auto offset) {
    rows.first.push_back(0);
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t i = 0; i < inner; ++i) {
        const std::size_t at = place(r, i);
        if (mask[at] == 0) continue;
        rows.weight.push_back(static_cast<std::uint32_t>(at));
        rows.entries.push_back({0, offset(i)});
      }
      rows.first.push_back(static_cast<std::uint32_t>(rows.entries.size()));
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
  bf16_ = !sparse_ && precision == Precision::kBfloat16 &&
          std::min(geometry_.rows(), geometry_.columns) >= kLeastForBf16;
  if (sparse_) {
    for (SparseRows* side : {&forward_, &backward_}) {
      for (std::size_t i = 0; i < side->entries.size(); ++i)
        side->entries[i].weight = weights[side->weight[i]];
    }
  } else if (bf16_) {
    pack_bf16(weights);
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

void Filter::forward(Product job, float* packed) const {
  job.rows = geometry_.rows();
  job.columns = geometry_.columns;
  job.column_in = geometry_.column_offset.data();
  job.row_out = (job.out_bf16 ? geometry_.bf16_row : geometry_.row_offset).data();
  job.pixel_in = geometry_.pixel_in.data();
  job.pixel_out = (job.out_bf16 ? geometry_.bf16_pixel : geometry_.pixel_out).data();
  if (sparse_) {
    kernels_.sparse_product(job, forward_.first.data(), forward_.entries.data());
  } else if (bf16_) {
    pack_operands(job, columns_, packed);
    kernels_.bf16_product(job, dense_forward_.data());
  } else {
    kernels_.product(job, dense_forward_.data());
  }
}

void Filter::backward(Product job, bool grad_bf16, float* packed) const {
  job.rows = geometry_.columns;
  job.columns = geometry_.rows();
  job.column_in = geometry_.row_offset.data();
  job.row_out = geometry_.column_offset.data();
  job.pixel_in = geometry_.pixel_out.data();
  job.pixel_out = geometry_.pixel_in.data();
  job.add = geometry_.shared_channels;
  if (sparse_) {
    kernels_.sparse_product(job, backward_.first.data(), backward_.entries.data());
  } else if (grad_bf16) {
    job.columns = rows_.stored_bf16.size();
    job.column_in = rows_.stored_bf16.data();
    job.pixel_in = geometry_.bf16_pixel.data();
    kernels_.bf16_product(job, dense_backward_.data());
  } else if (bf16_) {
    pack_operands(job, rows_, packed);
    kernels_.bf16_product(job, dense_backward_.data());
  } else {
    kernels_.product(job, dense_backward_.data());
  }
}

std::size_t Filter::gradient_size() const {
  return sparse_ ? forward_.entries.size() : padded(geometry_.rows()) * geometry_.columns;
}

std::size_t Filter::padded(std::size_t rows) const {
  const std::size_t block = kernels_.block_rows;
  return (rows + block - 1) / block * block;
}

void Filter::gradient(WeightGradient job, bool grad_bf16, float* scratch, float* packed,
                      float* out) const {
  job.rows = geometry_.rows();
  job.columns = geometry_.columns;
  job.row_grad = geometry_.row_offset.data();
  job.column_in = geometry_.column_offset.data();
  job.pixel_grad = geometry_.pixel_out.data();
  job.pixel_in = geometry_.pixel_in.data();
  if (sparse_) {
    kernels_.sparse_weight_gradient(job, forward_.first.data(), forward_.entries.data(), scratch);
    kernels_.sum_lanes(scratch, forward_.entries.size(), out);
  } else if (bf16_) {
    pack_operands(job, grad_bf16, packed);
    kernels_.bf16_weight_gradient(job, out);
  } else {
    kernels_.weight_gradient(job, out);
  }
}

std::size_t Filter::gradient_chunks() const {
  const std::size_t lines = sparse_ ? geometry_.rows() : geometry_.columns;
  return (lines + kChunkLines - 1) / kChunkLines;
}

void Filter::write_gradient(std::span<float* const> partial, std::size_t chunk, float* out) const {
  const std::size_t columns = geometry_.columns;
  const std::size_t rows = geometry_.rows();
  const std::size_t first = chunk * kChunkLines;
  const auto add_up = [&](std::size_t begin, std::size_t end) {
    for (float* const other : partial.subspan(1)) {
      for (std::size_t i = begin; i < end; ++i) partial[0][i] += other[i];
    }
  };
  if (sparse_) {
    const std::size_t end = std::min(first + kChunkLines, rows);
    std::fill(out + first * columns, out + end * columns, 0.0F);
    add_up(forward_.first[first], forward_.first[end]);
    for (std::uint32_t i = forward_.first[first]; i < forward_.first[end]; ++i)
      out[forward_.weight[i]] = partial[0][i];
    return;
  }
  const std::size_t end = std::min(first + kChunkLines, columns);
  const std::size_t step = padded(rows);
  add_up(first * step, end * step);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t m = first; m < end; ++m) {
      const std::size_t at = n * columns + m;
      const float sum = partial[0][m * step + n];
      out[at] = mask_.empty() ? sum : sum * mask_[at];
    }
  }
}

}  // namespace colcomb::backprop
