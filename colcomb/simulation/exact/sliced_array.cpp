// Bit-serial cells, 64 to a machine word: every register of the array is a plane of bits, and a
// clock is a few hundred logical operations per block of 512 cells.
//
// Floor: with S streams a clock takes about 75 S + 2 alpha + 40 operations per block, 350 for MX
// cells with alpha 8. At two 256-bit operations per processor clock that is 350 clocks for 512
// cells: some 4e9 cell-clocks/s at 3 GHz, and twice that with 512-bit ones.
#include <cstring>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/array.hpp"
#include "colcomb/simulation/exact/bit_planes.hpp"
#include "colcomb/simulation/exact/cell.hpp"
#include "colcomb/simulation/exact/parallel_array.hpp"

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define COLCOMB_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COLCOMB_CLONES
#endif
#define COLCOMB_INLINE inline __attribute__((always_inline))

// Blocks are passed to inlined functions alone, so the calling convention for them does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace colcomb::simulation {
namespace {

constexpr std::size_t kMagnitudeBits = 8;

/// 512 cells' bits of one plane.
using Block = std::uint64_t __attribute__((vector_size(8 * BitPlanes::kBlockWords)));

COLCOMB_INLINE Block load(const std::uint64_t* words) {
  Block block;
  std::memcpy(&block, words, sizeof block);
  return block;
}

COLCOMB_INLINE void store(std::uint64_t* words, const Block& block) {
  std::memcpy(words, &block, sizeof block);
}

COLCOMB_INLINE bool any(const Block& block) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < BitPlanes::kBlockWords; ++i) bits |= block[i];
  return bits != 0;
}

/// where mask is 1 b, else a
COLCOMB_INLINE Block choose(const Block& mask, const Block& a, const Block& b) {
  return (a & ~mask) | (b & mask);
}

/// Planes of one stream, in this order.
constexpr std::size_t kPartial = 0;  // 8 planes
constexpr std::size_t kCarry = 8;
constexpr std::size_t kSeen = 9;
constexpr std::size_t kNegate = 10;
constexpr std::size_t kAcc = 11;
constexpr std::size_t kCurrent = 12;  // the last start began this stream
constexpr std::size_t kStreamPlanes = 13;

struct State {
  State(const ArrayConfig& config)
      : shape(shape_of(config)),
        rows(config.rows),
        columns(config.columns),
        weight_bits(config.weight_bits()),
        streams(kStreamPlanes * shape.streams, rows, columns),
        up(3 + 2 * shape.alpha, rows, columns),
        input(3 + 2 * shape.alpha, rows, columns),
        west(shape.streams, rows, columns),
        weight(kMagnitudeBits + 1 + shape.alpha, rows, columns),
        shadow(weight_bits, rows, columns),
        have(shape.load_beats, rows, columns),
        bottom(1, rows, columns) {
    for (std::size_t c = 0; c < columns; ++c) bottom.set(0, c * rows);
    // The first start begins stream 0.
    std::uint64_t* last = streams.plane(kStreamPlanes * (shape.streams - 1) + kCurrent);
    std::memset(last, 0xff, streams.words() * sizeof(std::uint64_t));
    // Select 0.
    std::memset(weight.plane(kMagnitudeBits + 1), 0xff, weight.words() * sizeof(std::uint64_t));
  }

  CellShape shape;
  std::size_t rows;
  std::size_t columns;
  std::size_t weight_bits;
  BitPlanes streams;
  BitPlanes up;      // start, swap, load_valid, data lines, load lines: registered in each cell
  BitPlanes input;   // the same from the shift block, in the cells of row 0
  BitPlanes west;    // per stream, in the cells of column 0
  BitPlanes weight;  // magnitude, sign, select line 0, 1, ... (one of them is 1)
  BitPlanes shadow;  // the loaded bits
  BitPlanes have;    // plane i: at least i + 1 beats have been kept
  BitPlanes bottom;  // 1 in row 0
};

constexpr std::size_t kStart = 0;
constexpr std::size_t kSwap = 1;
constexpr std::size_t kValid = 2;
constexpr std::size_t kLines = 3;

/// What the cells see from below on a plane of upward signals.
COLCOMB_INLINE Block from_below(State& s, std::size_t plane, std::size_t w) {
  const std::uint64_t* words = s.up.plane(plane) + w;
  const Block shifted = load(words) << 1U | load(words - 1) >> 63U;
  return (shifted & ~load(s.bottom.plane(0) + w)) | load(s.input.plane(plane) + w);
}

/// What the cells see from the left as the accumulation of a stream.
COLCOMB_INLINE Block from_left(State& s, std::size_t n, std::size_t w) {
  const std::size_t whole = s.rows / 64;
  const std::uint64_t bits = s.rows % 64;
  const std::uint64_t* words = s.streams.plane(kStreamPlanes * n + kAcc) + w - whole;
  Block shifted = load(words);
  if (bits != 0) shifted = shifted << bits | load(words - 1) >> (64U - bits);
  return shifted | load(s.west.plane(n) + w);
}

/// Makes the loaded bits the weight where `mask` is 1.
COLCOMB_INLINE void take_weight(State& s, std::size_t w, const Block& mask) {
  for (std::size_t i = 0; i <= kMagnitudeBits; ++i) {
    std::uint64_t* words = s.weight.plane(i) + w;
    store(words, choose(mask, load(words), load(s.shadow.plane(i) + w)));
  }
  for (std::size_t k = 0; k < s.shape.alpha; ++k) {
    Block selected = mask;
    for (std::size_t i = kMagnitudeBits + 1; i < s.weight_bits; ++i) {
      const Block bit = load(s.shadow.plane(i) + w);
      selected &= (k >> (i - kMagnitudeBits - 1) & 1U) != 0 ? bit : ~bit;
    }
    std::uint64_t* words = s.weight.plane(kMagnitudeBits + 1 + k) + w;
    store(words, (load(words) & ~mask) | selected);
  }
}

/// Weight loading and swapping. Gives the cells that keep the beat they see.
COLCOMB_INLINE Block load_weights(State& s, std::size_t w, const Block& swap, const Block& valid) {
  const std::size_t beats = s.shape.load_beats;
  const std::size_t alpha = s.shape.alpha;
  const std::size_t lines = s.shape.double_buffering ? kLines + alpha : kLines;
  const bool double_buffering = s.shape.double_buffering;
  if (double_buffering && any(swap)) take_weight(s, w, swap);
  const Block kept = valid & ~load(s.have.plane(beats - 1) + w);
  Block before = ~Block{};
  for (std::size_t beat = 0; beat < beats; ++beat) {
    std::uint64_t* have = s.have.plane(beat) + w;
    const Block had = load(have);
    const Block now = kept & before & ~had;
    for (std::size_t k = 0; k < alpha && beat * alpha + k < s.weight_bits; ++k) {
      std::uint64_t* words = s.shadow.plane(beat * alpha + k) + w;
      store(words, choose(now, load(words), from_below(s, lines + k, w)));
    }
    store(have, (had | now) & ~swap);
    before = had;
  }
  if (!double_buffering && any(kept)) take_weight(s, w, kept);
  return kept;
}

/// One stream's clock in 512 cells: see Cell::compute_serial.
COLCOMB_INLINE void step_stream(State& s, std::size_t n, std::size_t w, const Block& start,
                                const Block& line) {
  const auto plane = [&](std::size_t index) {
    return s.streams.plane(kStreamPlanes * n + index) + w;
  };
  const Block current = load(plane(kCurrent));
  const Block begin = start & current;
  const Block bit = line & current;
  Block carry{};
  Block product{};
  for (std::size_t i = 0; i < kMagnitudeBits; ++i) {
    const Block partial = load(plane(kPartial + i)) & ~begin;
    const Block magnitude = load(s.weight.plane(i) + w) & bit;
    const Block either = partial ^ magnitude;
    const Block sum = either ^ carry;
    carry = (partial & magnitude) | (either & carry);
    if (i == 0) {
      product = sum;
    } else {
      store(plane(kPartial + i - 1), sum);
    }
  }
  store(plane(kPartial + kMagnitudeBits - 1), carry);
  const Block negate =
      choose(begin, load(plane(kNegate)), load(s.weight.plane(kMagnitudeBits) + w));
  store(plane(kNegate), negate);
  const Block seen = load(plane(kSeen)) & ~begin;
  store(plane(kSeen), seen | product);
  const Block term = product ^ (negate & seen);
  const Block in = from_left(s, n, w);
  const Block acc_carry = load(plane(kCarry)) & ~begin;
  const Block either = term ^ in;
  store(plane(kAcc), either ^ acc_carry);
  store(plane(kCarry), (term & in) | (either & acc_carry));
}

/// The start moves on to the next stream. Gives nothing with one stream, which is always current.
template <std::size_t S>
COLCOMB_INLINE void turn(State& s, std::size_t w, const Block& start) {
  if constexpr (S > 1) {
    Block before = load(s.streams.plane(kStreamPlanes * (S - 1) + kCurrent) + w);
    for (std::size_t n = 0; n < S; ++n) {
      std::uint64_t* words = s.streams.plane(kStreamPlanes * n + kCurrent) + w;
      const Block own = load(words);
      store(words, choose(start, own, before));
      before = own;
    }
  }
}

template <std::size_t S>
COLCOMB_INLINE void step_cells(State& s) {
  const std::size_t alpha = s.shape.alpha;
  const std::size_t planes = kLines + (s.shape.double_buffering ? 2 : 1) * alpha;
  // Downwards, as every block reads its neighbours with smaller indices as they were.
  for (std::size_t w = s.up.words(); w > 0;) {
    w -= BitPlanes::kBlockWords;
    const Block start = from_below(s, kStart, w);
    const Block swap = from_below(s, kSwap, w);
    const Block valid = from_below(s, kValid, w);
    Block line{};
    for (std::size_t k = 0; k < alpha; ++k) {
      line |= from_below(s, kLines + k, w) & load(s.weight.plane(kMagnitudeBits + 1 + k) + w);
    }
    if (any(start)) turn<S>(s, w, start);
    // Without double buffering, lines that carry weights carry no data.
    if (!s.shape.double_buffering) line &= ~valid;
    for (std::size_t n = 0; n < S; ++n) step_stream(s, n, w, start, line);
    Block kept{};
    if (any(valid | swap)) kept = load_weights(s, w, swap, valid);
    const std::size_t kept_lines = s.shape.double_buffering ? kLines + alpha : kLines;
    for (std::size_t p = 0; p < planes; ++p) {
      Block passed = from_below(s, p, w);
      if (p == kValid || p >= kept_lines) passed &= ~kept;
      store(s.up.plane(p) + w, passed);
    }
  }
}

COLCOMB_CLONES void step_1(State& s) {
  step_cells<1>(s);
}
COLCOMB_CLONES void step_2(State& s) {
  step_cells<2>(s);
}
COLCOMB_CLONES void step_3(State& s) {
  step_cells<3>(s);
}
COLCOMB_CLONES void step_4(State& s) {
  step_cells<4>(s);
}

class SlicedArray : public SystolicArray {
 public:
  explicit SlicedArray(const ArrayConfig& config) : state_(config), east_(config.rows) {}

  void step(std::span<const SouthInput> south, std::span<const std::uint32_t> west) override {
    drive(south, west);
    switch (state_.shape.streams) {
      case 1:
        step_1(state_);
        break;
      case 2:
        step_2(state_);
        break;
      case 3:
        step_3(state_);
        break;
      default:
        step_4(state_);
        break;
    }
    const std::size_t last = (state_.columns - 1) * state_.rows;
    for (std::size_t r = 0; r < state_.rows; ++r) {
      std::uint32_t bits = 0;
      for (std::size_t n = 0; n < state_.shape.streams; ++n)
        bits |= (state_.streams.bit(kStreamPlanes * n + kAcc, last + r) ? 1U : 0U) << n;
      east_[r] = bits;
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> east() const override { return east_; }

 private:
  void drive(std::span<const SouthInput> south, std::span<const std::uint32_t> west) {
    state_.input.clear();
    state_.west.clear();
    for (std::size_t c = 0; c < state_.columns; ++c) {
      const std::size_t lane = c * state_.rows;
      const SouthInput& input = south[c];
      if (input.start) state_.input.set(kStart, lane);
      if (input.swap) state_.input.set(kSwap, lane);
      if (input.load_valid) state_.input.set(kValid, lane);
      for (std::size_t k = 0; k < state_.shape.alpha; ++k) {
        if ((input.data >> k & 1U) != 0) state_.input.set(kLines + k, lane);
        if (state_.shape.double_buffering && (input.load >> k & 1U) != 0)
          state_.input.set(kLines + state_.shape.alpha + k, lane);
      }
    }
    for (std::size_t r = 0; r < state_.rows; ++r) {
      for (std::size_t n = 0; n < state_.shape.streams; ++n) {
        if ((west[r] >> n & 1U) != 0) state_.west.set(n, r);
      }
    }
  }

  State state_;
  std::vector<std::uint32_t> east_;
};

}  // namespace

std::unique_ptr<SystolicArray> make_sliced_array(const ArrayConfig& config) {
  if (config.cell == CellKind::kParallel) return make_parallel_array(config);
  return std::make_unique<SlicedArray>(config);
}

}  // namespace colcomb::simulation
