// The kernels, written once with the compiler's vector types and compiled per instruction set by
// the files that include this one. They define before: COLCOMB_BLOCK_ROWS x COLCOMB_TILE, the
// accumulators a product keeps in registers, and COLCOMB_SPARSE_TILE, those of a sparse row.
// Nothing from the standard library is used here: an inline function compiled for one instruction
// set must not be the one that the linker keeps for all.

namespace colcomb::backprop {
namespace {

constexpr int kRows = COLCOMB_BLOCK_ROWS;
constexpr int kTile = COLCOMB_TILE;
constexpr int kSparseTile = COLCOMB_SPARSE_TILE;

/// As much of a lane vector as one register holds.
using Part [[gnu::vector_size(COLCOMB_VECTOR_BYTES), gnu::may_alias]] = float;
constexpr int kParts = 64 / COLCOMB_VECTOR_BYTES;

/// Sixteen floats in registers. Wider vector types than the processor's would do the same, but the
/// compiler keeps those in memory.
struct Lanes {
  Part part[kParts] = {};
};

#define COLCOMB_EACH _Pragma("GCC unroll 4") for (int i = 0; i < kParts; ++i)

inline Lanes load(const float* from) {
  Lanes v;
  COLCOMB_EACH v.part[i] = reinterpret_cast<const Part*>(from)[i];
  return v;
}
inline void store(float* to, const Lanes& v) {
  COLCOMB_EACH reinterpret_cast<Part*>(to)[i] = v.part[i];
}
inline Lanes operator+(Lanes a, const Lanes& b) {
  COLCOMB_EACH a.part[i] += b.part[i];
  return a;
}
inline Lanes operator*(Lanes a, const Lanes& b) {
  COLCOMB_EACH a.part[i] *= b.part[i];
  return a;
}
inline Lanes operator+(Lanes a, float b) {
  COLCOMB_EACH a.part[i] += b;
  return a;
}
inline Lanes operator*(Lanes a, float b) {
  COLCOMB_EACH a.part[i] *= b;
  return a;
}
/// Where 0 < a < top, v, else 0.
inline Lanes where_linear(const Lanes& a, float top, Lanes v) {
  COLCOMB_EACH {
    v.part[i] = a.part[i] > 0.0F ? v.part[i] : Part{};
    v.part[i] = a.part[i] < top ? v.part[i] : Part{};
  }
  return v;
}
inline Lanes clamp(Lanes v, float top) {
  COLCOMB_EACH {
    v.part[i] = v.part[i] > 0.0F ? v.part[i] : Part{};
    v.part[i] = v.part[i] < top ? v.part[i] : Part{} + top;
  }
  return v;
}
/// To the nearest whole numbers, ties upwards. Requires: none is negative.
inline Lanes round(Lanes v) {
  using Whole [[gnu::vector_size(COLCOMB_VECTOR_BYTES)]] = int;
  COLCOMB_EACH {
    // Truncation is the floor of what is not negative.
    const Whole whole = __builtin_convertvector(v.part[i] + 0.5F, Whole);
    v.part[i] = __builtin_convertvector(whole, Part);
  }
  return v;
}
/// Sum of a vector's lanes.
inline float across(const Lanes& v) {
  Part sum = v.part[0];
#pragma GCC unroll 4
  for (int i = 1; i < kParts; ++i) sum += v.part[i];
  constexpr int kFloats = COLCOMB_VECTOR_BYTES / 4;
  float half[kFloats];
  __builtin_memcpy(half, &sum, sizeof half);
#pragma GCC unroll 4
  for (int width = kFloats / 2; width > 0; width /= 2) {
#pragma GCC unroll 8
    for (int i = 0; i < width; ++i) half[i] += half[i + width];
  }
  return half[0];
}

inline void add_sums(const RowSums& sums, std::size_t row, const Lanes* values, int count) {
  const float pivot = sums.pivot[row];
  float* const to = sums.sums + row * 2 * kLanes;
  Lanes sum = load(to);
  Lanes squares = load(to + kLanes);
  for (int t = 0; t < count; ++t) {
    const Lanes difference = values[t] + -pivot;
    sum = sum + difference;
    squares = squares + difference * difference;
  }
  store(to, sum);
  store(to + kLanes, squares);
}

template <int T>
inline void finish_row(const Product& job, std::size_t row, std::size_t pixel, Lanes* values) {
  float* const out = job.out + job.row_out[row];
  for (int t = 0; t < T; ++t) {
    float* const to = out + job.pixel_out[pixel + static_cast<std::size_t>(t)];
    if (job.add) values[t] = values[t] + load(to);
    store(to, values[t]);
  }
  if (job.sums.pivot != nullptr) add_sums(job.sums, row, values, T);
}

template <int T>
inline void product_tile(const Product& job, const float* weights, std::size_t pixel) {
  const float* in[T];
  for (int t = 0; t < T; ++t) in[t] = job.in + job.pixel_in[pixel + static_cast<std::size_t>(t)];
  for (std::size_t first = 0; first < job.rows; first += kRows) {
    Lanes sums[kRows][T] = {};
    for (std::size_t k = 0; k < job.columns; ++k) {
      const std::int32_t column = job.column_in[k];
      Lanes a[T];
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) a[t] = load(in[t] + column);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const float w = weights[r];
#pragma GCC unroll 8
        for (int t = 0; t < T; ++t) sums[r][t] = sums[r][t] + a[t] * w;
      }
      weights += kRows;
    }
    const std::size_t rows = job.rows - first < kRows ? job.rows - first : kRows;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      if (static_cast<std::size_t>(r) < rows)
        finish_row<T>(job, first + static_cast<std::size_t>(r), pixel, sums[r]);
    }
  }
}

void product(const Product& job, const float* weights) {
  std::size_t pixel = 0;
  for (; pixel + kTile <= job.pixels; pixel += kTile) product_tile<kTile>(job, weights, pixel);
  for (; pixel < job.pixels; ++pixel) product_tile<1>(job, weights, pixel);
}

template <int T>
inline void sparse_tile(const Product& job, const std::uint32_t* first, const Tap* taps,
                        std::size_t pixel) {
  const float* in[T];
  for (int t = 0; t < T; ++t) in[t] = job.in + job.pixel_in[pixel + static_cast<std::size_t>(t)];
  for (std::size_t row = 0; row < job.rows; ++row) {
    Lanes sums[T] = {};
    for (std::uint32_t i = first[row]; i < first[row + 1]; ++i) {
      const Tap tap = taps[i];
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) sums[t] = sums[t] + load(in[t] + tap.offset) * tap.weight;
    }
    finish_row<T>(job, row, pixel, sums);
  }
}

void sparse_product(const Product& job, const std::uint32_t* first, const Tap* taps) {
  std::size_t pixel = 0;
  for (; pixel + kSparseTile <= job.pixels; pixel += kSparseTile)
    sparse_tile<kSparseTile>(job, first, taps, pixel);
  for (; pixel < job.pixels; ++pixel) sparse_tile<1>(job, first, taps, pixel);
}

/// Strips of pixels whose gradients and inputs stay in the second-level cache.
constexpr std::size_t kStrip = 64;
/// Columns worked on together, for the same reason.
constexpr std::size_t kChunk = 128;

/// kRows x C weights over one strip.
template <int C>
inline void gradient_block(const WeightGradient& job, float* out, std::size_t row,
                           std::size_t column, std::size_t begin, std::size_t end) {
  const std::size_t rows = job.rows - row < kRows ? job.rows - row : kRows;
  const float* grad[kRows];
  for (std::size_t r = 0; r < kRows; ++r)
    grad[r] = job.grad + job.row_grad[row + (r < rows ? r : rows - 1)];
  const float* in[C];
  for (int c = 0; c < C; ++c) in[c] = job.in + job.column_in[column + static_cast<std::size_t>(c)];
  Lanes sums[kRows][C] = {};
  for (std::size_t p = begin; p < end; ++p) {
    const std::int32_t pixel_in = job.pixel_in[p];
    const std::int32_t pixel_grad = job.pixel_grad[p];
    Lanes a[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) a[c] = load(in[c] + pixel_in);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      Lanes g = load(grad[r] + pixel_grad);
#pragma GCC unroll 4
      for (int i = 0; i < kParts; ++i) COLCOMB_KEEP(g.part[i]);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) sums[r][c] = sums[r][c] + g * a[c];
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (int c = 0; c < C; ++c)
      out[(row + r) * job.columns + column + static_cast<std::size_t>(c)] += across(sums[r][c]);
  }
}

void weight_gradient(const WeightGradient& job, float* out) {
  for (std::size_t begin = 0; begin < job.pixels; begin += kStrip) {
    const std::size_t end = begin + kStrip < job.pixels ? begin + kStrip : job.pixels;
    for (std::size_t chunk = 0; chunk < job.columns; chunk += kChunk) {
      const std::size_t chunk_end = chunk + kChunk < job.columns ? chunk + kChunk : job.columns;
      for (std::size_t row = 0; row < job.rows; row += kRows) {
        std::size_t column = chunk;
        for (; column + kTile <= chunk_end; column += kTile)
          gradient_block<kTile>(job, out, row, column, begin, end);
        for (; column < chunk_end; ++column) gradient_block<1>(job, out, row, column, begin, end);
      }
    }
  }
}

/// All weights of one row over a few pixels, whose gradients stay in registers.
template <int T>
inline void sparse_gradient_tile(const WeightGradient& job, const std::uint32_t* first,
                                 const Tap* taps, float* sums, std::size_t pixel) {
  const float* in[T];
  for (int t = 0; t < T; ++t) in[t] = job.in + job.pixel_in[pixel + static_cast<std::size_t>(t)];
  for (std::size_t row = 0; row < job.rows; ++row) {
    const float* const grad = job.grad + job.row_grad[row];
    Lanes g[T];
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t)
      g[t] = load(grad + job.pixel_grad[pixel + static_cast<std::size_t>(t)]);
    for (std::uint32_t i = first[row]; i < first[row + 1]; ++i) {
      const std::int32_t offset = taps[i].offset;
      Lanes even = load(sums + i * kLanes);
      Lanes odd = {};
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) {
        const Lanes product = g[t] * load(in[t] + offset);
        if (t % 2 == 0) {
          even = even + product;
        } else {
          odd = odd + product;
        }
      }
      store(sums + i * kLanes, even + odd);
    }
  }
}

void sparse_weight_gradient(const WeightGradient& job, const std::uint32_t* first, const Tap* taps,
                            float* sums) {
  std::size_t pixel = 0;
  for (; pixel + kSparseTile <= job.pixels; pixel += kSparseTile)
    sparse_gradient_tile<kSparseTile>(job, first, taps, sums, pixel);
  for (; pixel < job.pixels; ++pixel) sparse_gradient_tile<1>(job, first, taps, sums, pixel);
}

void collect(float* vectors, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] += across(load(vectors + i * kLanes));
    store(vectors + i * kLanes, Lanes{});
  }
}

template <bool kRounded>
void activate_plane(const Activation& job) {
  const Lanes lanes = load(job.lanes);
  const float* y = job.y;
  for (std::size_t row = 0; row < job.plane.height; ++row) {
    float* const out = job.out + row * job.plane.pitch;
    const float* residual =
        job.residual == nullptr ? nullptr : job.residual + row * job.residual_row;
    for (std::size_t x = 0; x < job.plane.width; ++x, y += kLanes) {
      Lanes value = load(y) * job.scale + job.shift;
      if (residual != nullptr) {
        value = value + load(residual);
        residual += job.residual_column;
      }
      value = clamp(value, job.top);
      if constexpr (kRounded) value = round(value);
      store(out + x * kLanes, value * lanes);
    }
  }
}

void activate(const Activation& job) {
  job.rounded ? activate_plane<true>(job) : activate_plane<false>(job);
}

void activation_gradient(const ActivationGradient& job) {
  Lanes sum = load(job.sums);
  Lanes products = load(job.sums + kLanes);
  const float* y = job.y;
  const float* pending = job.pending;
  float* dz = job.dz;
  for (std::size_t row = 0; row < job.plane.height; ++row) {
    const float* d = job.d + row * job.plane.pitch;
    const float* a = job.a + row * job.plane.pitch;
    for (std::size_t x = 0; x < job.plane.width; ++x) {
      Lanes value = load(d);
      if (pending != nullptr) {
        value = value + load(pending);
        pending += kLanes;
      }
      value = where_linear(load(a), job.top, value);
      sum = sum + value;
      products = products + value * (load(y) + -job.mean);
      store(dz, value);
      d += kLanes;
      a += kLanes;
      y += kLanes;
      dz += kLanes;
    }
  }
  store(job.sums, sum);
  store(job.sums + kLanes, products);
}

void norm_gradient(const NormGradient& job) {
  const Lanes lanes = load(job.lanes);
  for (std::size_t i = 0; i < job.pixels * kLanes; i += kLanes)
    store(job.dy + i, (load(job.dz + i) * job.a + (load(job.y + i) * job.b + job.c)) * lanes);
}

Kernels kernels_named(const char* name, bool (*supported)()) {
  return {name,
          supported,
          kRows,
          product,
          sparse_product,
          weight_gradient,
          sparse_weight_gradient,
          collect,
          activate,
          activation_gradient,
          norm_gradient};
}

}  // namespace
}  // namespace colcomb::backprop
