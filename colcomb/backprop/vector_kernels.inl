// The kernels, written once with the compiler's vector types and compiled per instruction set by
// the files that include this one. They define before: COLCOMB_BLOCK_ROWS x COLCOMB_TILE, the
// accumulators a product keeps in registers, COLCOMB_SPARSE_TILE, those of a sparse row, and how to
// store a vector past the caches, COLCOMB_STREAM and COLCOMB_STREAMS_END.
// Nothing from the standard library is used here: an inline function compiled for one instruction
// set must not be the one that the linker keeps for all.

namespace colcomb::backprop {
namespace {

constexpr int kRows = COLCOMB_BLOCK_ROWS;
constexpr int kTile = COLCOMB_TILE;
constexpr int kSparseTile = COLCOMB_SPARSE_TILE;

/// As much of a lane vector as one register holds.
using Part [[gnu::vector_size(COLCOMB_VECTOR_BYTES), gnu::may_alias]] = float;
using Bits [[gnu::vector_size(COLCOMB_VECTOR_BYTES)]] = unsigned;
constexpr int kParts = 64 / COLCOMB_VECTOR_BYTES;

#ifndef COLCOMB_PAIR_DOT
// For processors without instructions for bfloat16: a bfloat16 number is the upper half of a float.
inline Part pair_dot(const Part& sum, const Part& a, const Part& b) {
  const Bits upper = Bits{} + 0xffff0000U;
  const Bits x = reinterpret_cast<Bits>(a);
  const Bits y = reinterpret_cast<Bits>(b);
  const Bits low[2] = {x << 16, y << 16};
  const Bits high[2] = {x & upper, y & upper};
  const Part products = reinterpret_cast<Part>(low[0]) * reinterpret_cast<Part>(low[1]);
  return sum + (products + reinterpret_cast<Part>(high[0]) * reinterpret_cast<Part>(high[1]));
}
inline Bits rounded_half(const Part& v) {
  const Bits bits = reinterpret_cast<Bits>(v);
  return (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;  // to nearest, ties to even
}
inline Part pair(const Part& low, const Part& high) {
  const Bits bits = rounded_half(low) | rounded_half(high) << 16;
  return reinterpret_cast<Part>(bits);
}
#define COLCOMB_PAIR_DOT(sum, a, b) pair_dot(sum, a, b)
#define COLCOMB_PAIR(low, high) pair(low, high)
#endif

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
/// To memory past the caches, for what is not read soon: a cache would first read the line it
/// replaces. Before other threads read, streams_end().
inline void stream(float* to, const Lanes& v) {
  COLCOMB_EACH COLCOMB_STREAM(reinterpret_cast<Part*>(to) + i, v.part[i]);
}
inline void streams_end() {
  COLCOMB_STREAMS_END();
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
/// The same number in all lanes, bit for bit.
inline Lanes spread(float value) {
  Lanes v;
  COLCOMB_EACH {
#pragma GCC unroll 16
    for (int lane = 0; lane < COLCOMB_VECTOR_BYTES / 4; ++lane) v.part[i][lane] = value;
  }
  return v;
}

/// How a product multiplies: floats, or pairs of bfloat16 numbers in floats' places.
struct FloatDot {
  static Lanes add(const Lanes& sum, const Lanes& a, const Lanes& b) { return sum + a * b; }
};
struct PairDot {
  static Lanes add(Lanes sum, const Lanes& a, const Lanes& b) {
    COLCOMB_EACH sum.part[i] = COLCOMB_PAIR_DOT(sum.part[i], a.part[i], b.part[i]);
    return sum;
  }
};
/// Two numbers per lane, rounded to bfloat16, the first in the lower half.
inline Lanes paired(Lanes low, const Lanes& high) {
  COLCOMB_EACH low.part[i] = COLCOMB_PAIR(low.part[i], high.part[i]);
  return low;
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
constexpr int kFloats = COLCOMB_VECTOR_BYTES / 4;
/// The parts' sum.
inline Part folded(const Lanes& v) {
  Part sum = v.part[0];
#pragma GCC unroll 4
  for (int i = 1; i < kParts; ++i) sum += v.part[i];
  return sum;
}
/// Of `a` and of `b` each run of kWidth floats made one of half as many by adding its halves.
template <int kWidth>
inline Part merged(const Part& a, const Part& b) {
  using Indices [[gnu::vector_size(COLCOMB_VECTOR_BYTES)]] = int;
  Indices low = {};
#pragma GCC unroll 16
  for (int i = 0; i < kFloats; ++i) {
    const int in_source = i % (kFloats / 2);
    const int run = in_source / (kWidth / 2);
    low[i] = i / (kFloats / 2) * kFloats + run * kWidth + in_source % (kWidth / 2);
  }
  return __builtin_shuffle(a, b, low) + __builtin_shuffle(a, b, low + kWidth / 2);
}
/// The sums of kCount vectors in the first kCount floats. Each consists of runs of kWidth partial
/// sums.
template <int kCount, int kWidth>
inline Part totals(const Part* v) {
  if constexpr (kWidth == 1) {
    static_assert(kCount == 1);
    return v[0];
  } else if constexpr (kCount == 1) {
    const Part half = merged<kWidth>(v[0], v[0]);
    return totals<1, kWidth / 2>(&half);
  } else {
    Part half[kCount / 2];
#pragma GCC unroll 8
    for (int i = 0; i < kCount / 2; ++i) half[i] = merged<kWidth>(v[2 * i], v[2 * i + 1]);
    return totals<kCount / 2, kWidth / 2>(half);
  }
}
inline float across(const Lanes& v) {
  const Part sum = folded(v);
  return totals<1, kFloats>(&sum)[0];
}

/// Of T pixels: where each is read and written. A product's fields are copied to locals like these
/// before its loops, since the compiler must assume that what they store changes `job`.
template <int T>
struct Places {
  const float* in[T];
  float* out[T];

  Places(const Product& job, std::size_t pixel) {
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) {
      in[t] = job.in + job.pixel_in[pixel + static_cast<std::size_t>(t)];
      out[t] = job.out + job.pixel_out[pixel + static_cast<std::size_t>(t)];
    }
  }
};

/// Of two numbers per lane: those of the lower halves, or of the upper ones.
inline Lanes lower_half(Lanes pairs) {
  COLCOMB_EACH {
    const Bits bits = reinterpret_cast<Bits>(pairs.part[i]) << 16;
    pairs.part[i] = reinterpret_cast<Part>(bits);
  }
  return pairs;
}
inline Lanes upper_half(Lanes pairs) {
  COLCOMB_EACH {
    const Bits bits = reinterpret_cast<Bits>(pairs.part[i]) & 0xffff0000U;
    pairs.part[i] = reinterpret_cast<Part>(bits);
  }
  return pairs;
}

/// Of both: the lower halves, or the upper ones, of `a` in the lower place.
inline Lanes lower_halves(Lanes a, const Lanes& b) {
  COLCOMB_EACH {
    const Bits low = reinterpret_cast<Bits>(a.part[i]) & 0xffffU;
    const Bits bits = low | reinterpret_cast<Bits>(b.part[i]) << 16;
    a.part[i] = reinterpret_cast<Part>(bits);
  }
  return a;
}
inline Lanes upper_halves(Lanes a, const Lanes& b) {
  COLCOMB_EACH {
    const Bits low = reinterpret_cast<Bits>(a.part[i]) >> 16;
    const Bits bits = low | (reinterpret_cast<Bits>(b.part[i]) & 0xffff0000U);
    a.part[i] = reinterpret_cast<Part>(bits);
  }
  return a;
}

/// Adds a row's values to its sums.
template <int T>
inline void add_sums(float pivot, float* to, const Lanes* values) {
  Lanes sum = load(to);
  Lanes squares = load(to + kLanes);
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t) {
    const Lanes difference = values[t] + -pivot;
    sum = sum + difference;
    squares = squares + difference * difference;
  }
  store(to, sum);
  store(to + kLanes, squares);
}

/// What becomes of rows' values.
struct Put {
  std::size_t rows;
  const std::int32_t* row_out;
  RowSums sums;
  bool add;
  bool streamed;
  bool narrow;

  explicit Put(const Product& job)
      : rows(job.rows),
        row_out(job.row_out),
        sums(job.sums),
        add(job.add),
        streamed(job.streamed),
        narrow(job.narrow) {}

  template <int T>
  void write(float* const* out, std::int32_t row, const Lanes* values) const {
    if (streamed) {
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) stream(out[t] + row, values[t]);
    } else {
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) store(out[t] + row, values[t]);
    }
  }
  template <int T>
  void sum(std::size_t row, const Lanes* values) const {
    if (sums.pivot != nullptr) add_sums<T>(sums.pivot[row], sums.sums + row * 2 * kLanes, values);
  }
  template <int T>
  void one(float* const* out, std::size_t row, Lanes* values) const {
    if (add) {
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) values[t] = values[t] + load(out[t] + row_out[row]);
    }
    write<T>(out, row_out[row], values);
    sum<T>(row, values);
  }
  /// Rows `row`, which is even, and the next one, zeros if there is none.
  template <int T>
  void two(float* const* out, std::size_t row, const Lanes* first, const Lanes* second) const {
    Lanes pairs[T];
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) pairs[t] = paired(first[t], second[t]);
    write<T>(out, row_out[row], pairs);
    sum<T>(row, first);
    if (row + 1 < rows) sum<T>(row + 1, second);
  }
};

template <class Dot, int T>
inline void product_tile(const Product& job, const float* weights, std::size_t pixel) {
  const Places<T> places(job, pixel);
  const std::size_t rows = job.rows;
  const std::size_t columns = job.columns;
  const std::int32_t* const column_in = job.column_in;
  const Put how(job);
  for (std::size_t first = 0; first < rows; first += kRows) {
    Lanes sums[kRows][T] = {};
    for (std::size_t k = 0; k < columns; ++k) {
      const std::int32_t column = column_in[k];
      Lanes a[T];
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) a[t] = load(places.in[t] + column);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const Lanes w = spread(weights[r]);
#pragma GCC unroll 8
        for (int t = 0; t < T; ++t) sums[r][t] = Dot::add(sums[r][t], a[t], w);
      }
      weights += kRows;
    }
    static_assert(kRows % 2 == 0);
    if (how.narrow) {
#pragma GCC unroll 8
      for (int r = 0; r < kRows; r += 2) {
        const std::size_t row = first + static_cast<std::size_t>(r);
        if (row >= rows) break;
        how.two<T>(places.out, row, sums[r], sums[r + 1]);
      }
    } else {
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const std::size_t row = first + static_cast<std::size_t>(r);
        if (row >= rows) break;
        how.one<T>(places.out, row, sums[r]);
      }
    }
  }
}

template <class Dot>
void product(const Product& job, const float* weights) {
  std::size_t pixel = 0;
  for (; pixel + kTile <= job.pixels; pixel += kTile) product_tile<Dot, kTile>(job, weights, pixel);
  if constexpr (kTile > 2) {
    if (pixel + 2 <= job.pixels) {
      product_tile<Dot, 2>(job, weights, pixel);
      pixel += 2;
    }
  }
  for (; pixel < job.pixels; ++pixel) product_tile<Dot, 1>(job, weights, pixel);
  if (job.streamed) streams_end();
}

/// One row's values.
template <int T>
inline void sparse_row(const Places<T>& places, const Tap* tap, const Tap* end, Lanes* sums) {
  for (; tap < end; ++tap) {
    const std::int32_t offset = tap->offset;
    const float weight = tap->weight;
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) sums[t] = sums[t] + load(places.in[t] + offset) * weight;
  }
}

template <int T>
inline void sparse_tile(const Product& job, const std::uint32_t* first, const Tap* taps,
                        std::size_t pixel) {
  const Places<T> places(job, pixel);
  const std::size_t rows = job.rows;
  const Put how(job);
  if (how.narrow) {
    for (std::size_t row = 0; row < rows; row += 2) {
      Lanes sums[2][T] = {};
      sparse_row<T>(places, taps + first[row], taps + first[row + 1], sums[0]);
      if (row + 1 < rows)
        sparse_row<T>(places, taps + first[row + 1], taps + first[row + 2], sums[1]);
      how.two<T>(places.out, row, sums[0], sums[1]);
    }
  } else {
    for (std::size_t row = 0; row < rows; ++row) {
      Lanes sums[T] = {};
      sparse_row<T>(places, taps + first[row], taps + first[row + 1], sums);
      how.one<T>(places.out, row, sums);
    }
  }
}

void sparse_product(const Product& job, const std::uint32_t* first, const Tap* taps) {
  std::size_t pixel = 0;
  for (; pixel + kSparseTile <= job.pixels; pixel += kSparseTile)
    sparse_tile<kSparseTile>(job, first, taps, pixel);
  for (; pixel < job.pixels; ++pixel) sparse_tile<1>(job, first, taps, pixel);
  if (job.streamed) streams_end();
}

/// Strips of pixels whose gradients and inputs stay in the second-level cache.
constexpr std::size_t kStrip = 32;
/// Columns worked on together, for the same reason.
constexpr std::size_t kChunk = 126 / kTile * kTile;

using RowValues [[gnu::vector_size(kRows * 4)]] = float;

inline std::size_t padded_rows(std::size_t rows) {
  return (rows + kRows - 1) / kRows * kRows;
}

/// kRows x C weights over one strip.
template <class Dot, int C>
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
      for (int c = 0; c < C; ++c) sums[r][c] = Dot::add(sums[r][c], g, a[c]);
    }
  }
  float* to = out + column * padded_rows(job.rows) + row;
#pragma GCC unroll 8
  for (int c = 0; c < C; ++c, to += padded_rows(job.rows)) {
    Part parts[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) parts[r] = folded(sums[r][c]);
    const Part total = totals<kRows, kFloats>(parts);
    RowValues values;
    RowValues added;
    __builtin_memcpy(&added, &total, sizeof added);
    __builtin_memcpy(&values, to, sizeof values);
    values += added;
    __builtin_memcpy(to, &values, sizeof values);
  }
}

template <class Dot>
void weight_gradient(const WeightGradient& job, float* out) {
  for (std::size_t begin = 0; begin < job.pixels; begin += kStrip) {
    const std::size_t end = begin + kStrip < job.pixels ? begin + kStrip : job.pixels;
    for (std::size_t chunk = 0; chunk < job.columns; chunk += kChunk) {
      const std::size_t chunk_end = chunk + kChunk < job.columns ? chunk + kChunk : job.columns;
      for (std::size_t row = 0; row < job.rows; row += kRows) {
        std::size_t column = chunk;
        for (; column + kTile <= chunk_end; column += kTile)
          gradient_block<Dot, kTile>(job, out, row, column, begin, end);
        if constexpr (kTile > 2) {
          if (column + 2 <= chunk_end) {
            gradient_block<Dot, 2>(job, out, row, column, begin, end);
            column += 2;
          }
        }
        for (; column < chunk_end; ++column)
          gradient_block<Dot, 1>(job, out, row, column, begin, end);
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

void make_pairs(const Pairs& job) {
  for (std::size_t i = 0; i < job.count; ++i) {
    const float* const low = job.in + job.low[i];
    const float* const high = job.in + job.high[i];
    float* const out = job.out + i * job.step;
    for (std::size_t p = 0; p < job.pixels; ++p)
      store(out + p * kLanes, paired(load(low + job.low_pixel[p]), load(high + job.high_pixel[p])));
  }
}

/// Pairs of neighbouring pixels; an odd last one is paired with zeros.
void make_pixel_pairs(const Pairs& job) {
  for (std::size_t i = 0; i < job.count; ++i) {
    const float* const in = job.in + job.low[i];
    float* out = job.out + i * job.step;
    std::size_t p = 0;
    for (; p + 2 <= job.pixels; p += 2, out += kLanes)
      store(out, paired(load(in + job.low_pixel[p]), load(in + job.low_pixel[p + 1])));
    if (p < job.pixels) store(out, paired(load(in + job.low_pixel[p]), Lanes{}));
  }
}

void split_pixel_pairs(const Pairs& job) {
  for (std::size_t i = 0; i < job.count; i += 2) {
    const float* const in = job.in + job.low[i / 2];
    float* out = job.out + i * job.step;
    const bool two = i + 1 < job.count;
    for (std::size_t p = 0; p < job.pixels; p += 2, out += kLanes) {
      const Lanes here = load(in + job.low_pixel[p]);
      const Lanes next = p + 1 < job.pixels ? load(in + job.low_pixel[p + 1]) : Lanes{};
      store(out, lower_halves(here, next));
      if (two) store(out + job.step, upper_halves(here, next));
    }
  }
}

void collect(float* vectors, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] += across(load(vectors + i * kLanes));
    store(vectors + i * kLanes, Lanes{});
  }
}

/// Calls body(channel, row) for every row of every channel, in the order in which they lie.
template <class Body>
inline void each_channel_row(const Extent& extent, Body body) {
  for (std::size_t row = 0; row < extent.rows; ++row)
    for (std::size_t channel = 0; channel < extent.channels; ++channel) body(channel, row);
}
inline std::size_t place(const Steps& steps, std::size_t channel, std::size_t row) {
  return row * steps.row + channel * steps.channel;
}

/// How one channel's numbers of a map are read.
struct Wide {
  static Lanes read(const float* at) { return load(at); }
};
struct NarrowEven {
  static Lanes read(const float* at) { return lower_half(load(at)); }
};
struct NarrowOdd {
  static Lanes read(const float* at) { return upper_half(load(at)); }
};
/// Calls body(at, numbers) with the place of a channel's row in a map, and how it is read.
template <class Body>
inline void with_channel(const Steps& steps, bool narrow, std::size_t channel, std::size_t row,
                         Body body) {
  const std::size_t at = place(steps, narrow ? channel / 2 : channel, row);
  if (!narrow) {
    body(at, Wide{});
  } else if (channel % 2 == 0) {
    body(at, NarrowEven{});
  } else {
    body(at, NarrowOdd{});
  }
}

template <bool kRounded>
void activate_rows(const Activation& job) {
  const Lanes lanes = load(job.lanes);
  const std::size_t length = job.extent.width * kLanes;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    float* const out = job.out + place(job.out_steps, channel, row);
    const float scale = job.scale[channel];
    const float shift = job.shift[channel];
    const float top = job.top;
    const auto finish = [&](std::size_t i, Lanes value) {
      value = clamp(value, top);
      if constexpr (kRounded) value = round(value);
      store(out + i, value * lanes);
    };
    with_channel(job.y_steps, job.narrow, channel, row, [&](std::size_t at, auto numbers) {
      const float* const y = job.y + at;
      if (channel < job.residual_channels) {
        const float* residual = job.residual + place(job.residual_steps, channel, row);
        const std::size_t column = job.residual_column;
        for (std::size_t i = 0; i < length; i += kLanes, residual += column)
          finish(i, numbers.read(y + i) * scale + shift + load(residual));
      } else {
        for (std::size_t i = 0; i < length; i += kLanes)
          finish(i, numbers.read(y + i) * scale + shift);
      }
    });
  });
}

void activate(const Activation& job) {
  job.rounded ? activate_rows<true>(job) : activate_rows<false>(job);
}

/// One channel's part of a row of an activation's gradient.
struct ChannelGradient {
  const float* d;
  const float* a;
  const float* pending;
  float mean;
  float top;
  float* sums;
  Lanes sum, products;

  ChannelGradient(const ActivationGradient& job, std::size_t channel, std::size_t row)
      : d(job.d + place(job.map_steps, channel, row)),
        a(job.a + place(job.map_steps, channel, row)),
        pending(job.pending == nullptr ? nullptr
                                       : job.pending + place(job.pending_steps, channel, row)),
        mean(job.mean[channel]),
        top(job.top),
        sums(job.sums + channel * 2 * kLanes),
        sum(load(sums)),
        products(load(sums + kLanes)) {}

  /// Of vector i of the row.
  Lanes gradient(std::size_t i, const Lanes& y) {
    Lanes value = load(d + i);
    if (pending != nullptr) value = value + load(pending + i);
    value = where_linear(load(a + i), top, value);
    sum = sum + value;
    products = products + value * (y + -mean);
    return value;
  }
  void end() const {
    store(sums, sum);
    store(sums + kLanes, products);
  }
};

void activation_gradient(const ActivationGradient& job) {
  const std::size_t length = job.extent.width * kLanes;
  const std::size_t channels = job.extent.channels;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    if (job.narrow && channel % 2 == 1) return;  // with the one before
    const std::size_t at = place(job.stored_steps, job.narrow ? channel / 2 : channel, row);
    const float* const y = job.y + at;
    float* const dz = job.dz + at;
    ChannelGradient first(job, channel, row);
    if (!job.narrow) {
      for (std::size_t i = 0; i < length; i += kLanes)
        stream(dz + i, first.gradient(i, load(y + i)));
    } else if (channel + 1 < channels) {
      ChannelGradient second(job, channel + 1, row);
      for (std::size_t i = 0; i < length; i += kLanes) {
        const Lanes pairs = load(y + i);
        const Lanes low = first.gradient(i, lower_half(pairs));
        stream(dz + i, paired(low, second.gradient(i, upper_half(pairs))));
      }
      second.end();
    } else {
      for (std::size_t i = 0; i < length; i += kLanes)
        stream(dz + i, paired(first.gradient(i, lower_half(load(y + i))), Lanes{}));
    }
    first.end();
  });
  streams_end();
}

/// One channel's part of a gradient back through batch norm.
struct ChannelNorm {
  float a, b, c;

  ChannelNorm(const NormGradient& job, std::size_t channel)
      : a(job.a[channel]), b(job.b[channel]), c(job.c[channel]) {}
  [[nodiscard]] Lanes gradient(const Lanes& dz, const Lanes& y) const {
    return dz * a + (y * b + c);
  }
};

/// Two channels at once.
void norm_gradient_pairs(const NormGradient& job) {
  const Lanes lanes = load(job.lanes);
  const std::size_t length = job.extent.width * kLanes;
  const std::size_t channels = job.extent.channels;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    if (channel % 2 == 1) return;  // with the one before
    const std::size_t at = place(job.stored_steps, channel / 2, row);
    const float* const dz = job.dz + at;
    const float* const y = job.y + at;
    float* const dy = job.dy + place(job.dy_steps, channel / 2, row);
    const ChannelNorm first(job, channel);
    // Past the last channel: of halves that are zero.
    ChannelNorm second(job, channel + 1 < channels ? channel + 1 : channel);
    if (channel + 1 == channels) second.c = 0;
    for (std::size_t i = 0; i < length; i += kLanes) {
      const Lanes dzs = load(dz + i);
      const Lanes ys = load(y + i);
      const Lanes low = first.gradient(lower_half(dzs), lower_half(ys)) * lanes;
      const Lanes high = second.gradient(upper_half(dzs), upper_half(ys)) * lanes;
      store(dy + i, paired(low, high));
    }
  });
}

void norm_gradient(const NormGradient& job) {
  if (job.dy_narrow) {
    norm_gradient_pairs(job);
    return;
  }
  const Lanes lanes = load(job.lanes);
  const std::size_t length = job.extent.width * kLanes;
  each_channel_row(job.extent, [&](std::size_t channel, std::size_t row) {
    float* const dy = job.dy + place(job.dy_steps, channel, row);
    const ChannelNorm norm(job, channel);
    with_channel(job.stored_steps, job.narrow, channel, row, [&](std::size_t at, auto numbers) {
      const float* const dz = job.dz + at;
      const float* const y = job.y + at;
      for (std::size_t i = 0; i < length; i += kLanes)
        store(dy + i, norm.gradient(numbers.read(dz + i), numbers.read(y + i)) * lanes);
    });
  });
}

Kernels kernels_named(const char* name, bool (*supported)()) {
  return {name,
          supported,
          kRows,
          product<FloatDot>,
          sparse_product,
          weight_gradient<FloatDot>,
          sparse_weight_gradient,
          collect,
          activate,
          activation_gradient,
          norm_gradient,
          make_pairs,
          make_pixel_pairs,
          split_pixel_pairs,
          product<PairDot>,
          weight_gradient<PairDot>};
}

}  // namespace
}  // namespace colcomb::backprop
