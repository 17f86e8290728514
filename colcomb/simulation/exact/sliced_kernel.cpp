#include "colcomb/simulation/exact/sliced_kernel.hpp"

#include <cstring>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/bit_planes.hpp"

// Work per 512 cells and clock with 512-bit registers and three-input logic (S = 4, alpha = 8):
// 9 operations select the line, 40 add the magnitude and keep the word before, 14 per stream
// accumulate: 105 in all, beside 72 loads and 32 stores. At two operations a clock that is a floor
// of 53 clocks of the processor, or 9.7 cells per clock of the processor. bench/simulation.cpp
// measures what is reached; small arrays lose most to their edges, whose narrow stores the wide
// loads must wait for.

namespace colcomb::simulation {
namespace {

using Block = std::uint64_t __attribute__((vector_size(kBlockBytes)));

#define COLCOMB_INLINE inline __attribute__((always_inline))

COLCOMB_INLINE void load(Block& block, const std::uint8_t* from) {
  std::memcpy(&block, from, kBlockBytes);
}
COLCOMB_INLINE void store(std::uint8_t* to, const Block& block) {
  std::memcpy(to, &block, kBlockBytes);
}

/// The block of cells that begins `at` bytes into the planes.
template <std::size_t kStreams>
COLCOMB_INLINE void step_block(const SlicedClock& clock, std::size_t at) {
  Block start;
  Block window;
  load(start, clock.start + at);
  load(window, clock.window + at);

  Block bit = {};
  for (std::size_t k = 0; k < clock.alpha; ++k) {
    Block line;
    Block select;
    load(line, clock.data + k * clock.moving_pitch + at);
    load(select, clock.selects + k * clock.pitch + at);
    bit |= line & select;
  }
  bit &= window;

  // p of the latest word plus the magnitude, and beside it p of the word before, which a start
  // makes of the latest.
  Block carry = {};
  Block product = {};
  Block tail_product = {};
  for (std::size_t k = 0; k < 8; ++k) {
    Block p;
    Block magnitude;
    Block tail;
    load(p, clock.product + k * clock.pitch + at);
    load(magnitude, clock.weights + k * clock.pitch + at);
    load(tail, clock.tail + k * clock.pitch + at);
    tail = (start & p) | (~start & tail);
    p &= ~start;
    const Block term = magnitude & bit;
    const Block sum = p ^ term ^ carry;
    carry = (p & term) | (p & carry) | (term & carry);
    if (k == 0) {
      product = sum;
      tail_product = tail;
    } else {
      store(clock.product + (k - 1) * clock.pitch + at, sum);
      store(clock.tail + (k - 1) * clock.pitch + at, tail);
    }
  }
  store(clock.product + 7 * clock.pitch + at, carry);
  store(clock.tail + 7 * clock.pitch + at, Block{});

  Block sign;
  Block not_first;
  load(sign, clock.weights + 8 * clock.pitch + at);
  load(not_first, clock.not_first + at);
  Block current[kStreams];
  for (std::size_t n = 0; n < kStreams; ++n)
    load(current[n], clock.current + n * clock.moving_pitch + at);
  for (std::size_t n = 0; n < kStreams; ++n) {
    std::uint8_t* const acc_at = clock.acc + n * clock.pitch + at;
    Block own;
    Block left;
    Block west;
    load(own, acc_at);
    load(left, acc_at - sizeof(std::uint64_t));
    load(west, clock.west + n * clock.pitch + at);
    const Block acc_in = (((own << 1) | (left >> 63)) & not_first) | west;

    Block sum_carry;
    Block seen;
    Block negate;
    load(sum_carry, clock.carry + n * clock.pitch + at);
    load(seen, clock.seen + n * clock.pitch + at);
    load(negate, clock.negate + n * clock.pitch + at);
    const Block begins = start & current[n];
    negate = (begins & sign) | (~begins & negate);
    seen &= ~begins;
    sum_carry &= ~begins;
    Block bit_n = current[n] & product;
    if constexpr (kStreams > 1) bit_n |= current[(n + 1) % kStreams] & tail_product;
    const Block term = bit_n ^ (negate & seen);
    store(acc_at, term ^ acc_in ^ sum_carry);
    store(clock.carry + n * clock.pitch + at,
          (term & acc_in) | (term & sum_carry) | (acc_in & sum_carry));
    store(clock.seen + n * clock.pitch + at, seen | bit_n);
    store(clock.negate + n * clock.pitch + at, negate);
  }
}

/// From the last block to the first: each reads the old output of the cell before its first.
template <std::size_t kStreams>
COLCOMB_INLINE void step_all(const SlicedClock& clock) {
  for (std::size_t block = clock.blocks; block > 0; --block)
    step_block<kStreams>(clock, (block - 1) * kBlockBytes);
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define COLCOMB_TARGETS \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COLCOMB_TARGETS
#endif

COLCOMB_TARGETS void step_1(const SlicedClock& clock) {
  step_all<1>(clock);
}
COLCOMB_TARGETS void step_2(const SlicedClock& clock) {
  step_all<2>(clock);
}
COLCOMB_TARGETS void step_3(const SlicedClock& clock) {
  step_all<3>(clock);
}
COLCOMB_TARGETS void step_4(const SlicedClock& clock) {
  step_all<4>(clock);
}

}  // namespace

void sliced_step(const SlicedClock& clock, std::size_t streams) {
  switch (streams) {
    case 1:
      return step_1(clock);
    case 2:
      return step_2(clock);
    case 3:
      return step_3(clock);
    case 4:
      return step_4(clock);
    default:
      COLCOMB_CHECK(false, "a cell has one to four streams");
  }
}

}  // namespace colcomb::simulation
