#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/bit_planes.hpp"
#include "colcomb/simulation/exact/serial_array.hpp"
#include "colcomb/simulation/exact/sliced_kernel.hpp"

namespace colcomb::simulation {
namespace {

/// All start, swap and data signals of a cell reach it from below, one clock per row. So the stream
/// that a word gets and the clocks in which its bits are there are found once, in row 0, and travel
/// up beside it; each cell's own counters would say the same.
class SlicedArray : public SerialArray {
 public:
  explicit SlicedArray(const ArrayShape& shape)
      : shape_(shape),
        layout_(shape.rows, shape.columns),
        beat_planes_(shape.load_clocks * shape.alpha),
        moving_(layout_, kWindow + 1 + shape.streams + shape.alpha +
                             (shape.double_buffering ? shape.alpha : 0)),
        streams_(layout_, 16 + 4 * shape.streams),
        weights_(layout_, beat_planes_),
        shadow_(layout_, shape.double_buffering ? beat_planes_ : 0),
        multiplier_(layout_, 9 + shape.alpha),
        west_(layout_, shape.streams),
        not_first_(layout_, 1),
        loading_(layout_, 2 + kCountBits),
        current_(shape.streams, BitRow(shape.columns)),
        row_(shape.columns) {
    std::fill_n(not_first_.plane(0), layout_.bytes(), 0xff);
    for (std::size_t row = 0; row < shape.rows; ++row)
      not_first_.plane(0)[row * layout_.row_bytes] = 0xfe;
    // So that the first word is stream 0's.
    for (std::uint64_t& word : current_.back().words()) word = ~0ULL;
    starts_.fill(BitRow(shape.columns));
    decode();
  }

  void step(const SerialEdge& in) override {
    moving_.advance();
    enter_south(in);
    enter_west(in);
    SlicedClock clock;
    clock.blocks = layout_.blocks;
    clock.alpha = shape_.alpha;
    clock.data = moving_.plane(data_plane(0));
    clock.start = moving_.plane(kStart);
    clock.window = moving_.plane(kWindow);
    clock.current = moving_.plane(current_plane(0));
    clock.moving_pitch = moving_.pitch();
    clock.weights = multiplier_.plane(0);
    clock.selects = multiplier_.plane(9);
    clock.product = streams_.plane(0);
    clock.tail = streams_.plane(8);
    clock.carry = streams_.plane(16);
    clock.seen = streams_.plane(16 + shape_.streams);
    clock.negate = streams_.plane(16 + 2 * shape_.streams);
    clock.acc = streams_.plane(acc_plane(0));
    clock.pitch = streams_.pitch();
    clock.west = west_.plane(0);
    clock.not_first = not_first_.plane(0);
    sliced_step(clock, shape_.streams);
    step_weights(in);
  }

  void east(std::span<std::uint8_t> acc, std::span<std::uint8_t> start) const override {
    const std::size_t byte = (shape_.columns - 1) / 8;
    const std::size_t bit = (shape_.columns - 1) % 8;
    const std::size_t rows = shape_.rows;
    const std::size_t pitch = layout_.row_bytes;
    const auto gather = [=, this](const std::uint8_t* plane, std::uint8_t* out) {
      if (words_are_rows()) {
        for (std::size_t row = 0; row < rows; ++row) {
          std::uint32_t word = 0;
          std::memcpy(&word, plane + 4 * row, 4);
          out[row] = static_cast<std::uint8_t>((word >> (8 * byte + bit)) & 1U);
        }
        return;
      }
      for (std::size_t row = 0; row < rows; ++row)
        out[row] = (plane[row * pitch + byte] >> bit) & 1U;
    };
    gather(moving_.plane(kStart), start.data());
    for (std::size_t n = 0; n < shape_.streams; ++n)
      gather(streams_.plane(acc_plane(n)), acc.data() + n * shape_.rows);
  }

  CellOutputs outputs(std::size_t row, std::size_t column) const override {
    const std::size_t at = row * layout_.row_bytes;
    CellOutputs out;
    for (std::size_t k = 0; k < shape_.alpha; ++k) {
      out.data |= std::uint64_t{bit_of(moving_.plane(data_plane(k)) + at, column)} << k;
      if (shape_.double_buffering)
        out.load |= std::uint64_t{bit_of(moving_.plane(load_plane(k)) + at, column)} << k;
    }
    for (std::size_t n = 0; n < shape_.streams; ++n) {
      const bool bit = bit_of(streams_.plane(acc_plane(n)) + at, column);
      out.acc |= static_cast<std::uint32_t>(bit) << n;
    }
    out.start = bit_of(moving_.plane(kStart) + at, column);
    out.swap = bit_of(moving_.plane(kSwap) + at, column);
    out.load_valid = bit_of(loading_.plane(kValidOut) + at, column);
    return out;
  }

 private:
  enum Moving : std::size_t { kStart, kSwap, kWindow };
  enum Loading : std::size_t { kValidOut, kValidIn, kCount };
  static constexpr std::size_t kCountBits = 4;  // L is 9 at most

  [[nodiscard]] std::size_t current_plane(std::size_t n) const { return kWindow + 1 + n; }
  [[nodiscard]] std::size_t data_plane(std::size_t k) const {
    return current_plane(shape_.streams) + k;
  }
  [[nodiscard]] std::size_t load_plane(std::size_t k) const { return data_plane(shape_.alpha) + k; }
  [[nodiscard]] std::size_t acc_plane(std::size_t n) const { return 16 + 3 * shape_.streams + n; }

  /// Whether a row of a plane is a word of 32 bits, column c in bit c: loops over rows are then
  /// loops over words side by side.
  [[nodiscard]] bool words_are_rows() const {
    return std::endian::native == std::endian::little && layout_.row_bytes == 4;
  }

  void put_row(std::size_t plane, const BitRow& row) {
    std::uint8_t* const to = moving_.bottom(plane);
    if constexpr (std::endian::native == std::endian::little) {
      // 32 and 64 columns by one instruction.
      const std::uint64_t* const from = row.words().data();
      if (layout_.row_bytes == 4) {
        std::memcpy(to, from, 4);
      } else if (layout_.row_bytes == 8) {
        std::memcpy(to, from, 8);
      } else {
        std::memcpy(to, from, layout_.row_bytes);
      }
      return;
    }
    for (std::size_t i = 0; i < layout_.row_bytes; ++i)
      to[i] = static_cast<std::uint8_t>(row.words()[i / 8] >> (8 * (i % 8)));
  }

  void enter_south(const SerialEdge& in) {
    put_row(kStart, in.start);
    put_row(kSwap, in.swap);
    for (std::size_t k = 0; k < shape_.alpha; ++k) put_row(data_plane(k), in.data[k]);
    for (std::size_t k = 0; k < in.load.size(); ++k) put_row(load_plane(k), in.load[k]);
    enter_streams(in.start);
    starts_[clock_ % starts_.size()] = in.start;
    row_.clear();
    for (const BitRow& row : starts_) {
      for (std::size_t i = 0; i < row.words().size(); ++i) row_.words()[i] |= row.words()[i];
    }
    put_row(kWindow, row_);
    ++clock_;
  }

  /// A start hands a column's turn to the next stream.
  void enter_streams(const BitRow& start) {
    for (std::size_t i = 0; i < start.words().size(); ++i) {
      const std::uint64_t begins = start.words()[i];
      const std::uint64_t last = current_.back().words()[i];
      for (std::size_t n = shape_.streams; n-- > 0;) {
        const std::uint64_t before = n == 0 ? last : current_[n - 1].words()[i];
        std::uint64_t& word = current_[n].words()[i];
        word = (begins & before) | (~begins & word);
      }
    }
    for (std::size_t n = 0; n < shape_.streams; ++n) put_row(current_plane(n), current_[n]);
  }

  void enter_west(const SerialEdge& in) {
    const std::size_t rows = shape_.rows;
    const std::size_t pitch = layout_.row_bytes;
    for (std::size_t n = 0; n < shape_.streams; ++n) {
      std::uint8_t* const plane = west_.plane(n);
      const std::uint8_t* const bits = in.acc.row(n).data();
      if (words_are_rows()) {
        for (std::size_t row = 0; row < rows; ++row) {
          const std::uint32_t word = bits[row];
          std::memcpy(plane + 4 * row, &word, 4);
        }
        continue;
      }
      for (std::size_t row = 0; row < rows; ++row) plane[row * pitch] = bits[row];
    }
  }

  /// Loads and swaps are rare: nothing is done where none is on its way through the array.
  void step_weights(const SerialEdge& in) {
    if (in.load_valid.any()) load_until_ = clock_ + shape_.rows;
    if (in.swap.any()) swap_until_ = clock_ + shape_.rows;
    const bool swaps = clock_ <= swap_until_;
    // One clock more than weight-load cycles take, to clear the last valid bit.
    const bool loads = clock_ <= load_until_ + 1;
    if (!swaps && !loads) return;
    const std::uint8_t* const swap = moving_.plane(kSwap);
    if (swaps && shape_.double_buffering) {
      for (std::size_t k = 0; k < beat_planes_; ++k)
        merge(weights_.plane(k), shadow_.plane(k), swap);
    }
    if (loads) capture(in);
    if (swaps) {
      for (std::size_t k = 0; k < kCountBits; ++k) {
        std::uint8_t* const count = loading_.plane(kCount + k);
        const std::size_t bytes = layout_.bytes();
        for (std::size_t i = 0; i < bytes; ++i) count[i] &= static_cast<std::uint8_t>(~swap[i]);
      }
    }
    decode();
  }

  /// to = where ? from : to.
  void merge(std::uint8_t* to, const std::uint8_t* from, const std::uint8_t* where) const {
    const std::size_t bytes = layout_.bytes();
    for (std::size_t i = 0; i < bytes; ++i)
      to[i] = static_cast<std::uint8_t>((from[i] & where[i]) | (to[i] & ~where[i]));
  }

  void capture(const SerialEdge& in) {
    std::uint8_t* const valid_in = loading_.plane(kValidIn);
    std::uint8_t* const valid_out = loading_.plane(kValidOut);
    std::copy_n(valid_out, layout_.bytes() - layout_.row_bytes, valid_in + layout_.row_bytes);
    for (std::size_t i = 0; i < layout_.row_bytes; ++i)
      valid_in[i] = static_cast<std::uint8_t>(in.load_valid.words()[i / 8] >> (8 * (i % 8)));
    // A cell that has all its weight-load cycles hands further ones on. Plane by plane, so that the
    // loops run over bytes side by side.
    const std::size_t bytes = layout_.bytes();
    takes_.assign(bytes, 0xff);
    std::uint8_t* const takes = takes_.data();
    for (std::size_t k = 0; k < kCountBits; ++k) {
      const std::uint8_t* const count = loading_.plane(kCount + k);
      const std::uint8_t invert = ((shape_.load_clocks >> k) & 1U) != 0 ? 0 : 0xff;
      for (std::size_t i = 0; i < bytes; ++i) takes[i] &= count[i] ^ invert;
    }
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::uint8_t full = takes[i];
      valid_out[i] = valid_in[i] & full;
      takes[i] = valid_in[i] & static_cast<std::uint8_t>(~full);
    }
    carry_.assign(takes_.begin(), takes_.end());
    std::uint8_t* const carry = carry_.data();
    for (std::size_t k = 0; k < kCountBits; ++k) {
      std::uint8_t* const count = loading_.plane(kCount + k);
      for (std::size_t i = 0; i < bytes; ++i) {
        const std::uint8_t sum = count[i] ^ carry[i];
        carry[i] &= count[i];
        count[i] = sum;
      }
    }
    StatePlanes& target = shape_.double_buffering ? shadow_ : weights_;
    for (std::size_t k = 0; k < beat_planes_; ++k) {
      const std::size_t above = k + shape_.alpha;
      const std::size_t line = above - beat_planes_;
      const std::uint8_t* from = above < beat_planes_      ? target.plane(above)
                                 : shape_.double_buffering ? moving_.plane(load_plane(line))
                                                           : moving_.plane(data_plane(line));
      merge(target.plane(k), from, takes);
    }
  }

  /// What the multipliers use: the weight's planes and, of the select, one plane per line.
  void decode() {
    for (std::size_t k = 0; k < 9; ++k)
      std::copy_n(weights_.plane(k), layout_.bytes(), multiplier_.plane(k));
    for (std::size_t line = 0; line < shape_.alpha; ++line) {
      std::uint8_t* const selected = multiplier_.plane(9 + line);
      std::fill_n(selected, layout_.bytes(), 0xff);
      const std::size_t bytes = layout_.bytes();
      for (std::size_t k = 9; k < shape_.weight_bits; ++k) {
        const std::uint8_t* const bit = weights_.plane(k);
        const std::uint8_t invert = ((line >> (k - 9)) & 1U) != 0 ? 0 : 0xff;
        for (std::size_t i = 0; i < bytes; ++i) selected[i] &= bit[i] ^ invert;
      }
    }
  }

  ArrayShape shape_;
  PlaneLayout layout_;
  std::size_t beat_planes_;
  MovingPlanes moving_;
  StatePlanes streams_;     // p, p of the word before, carry, seen, negate, acc
  StatePlanes weights_;     // the register weight-load cycles end in, or that swap fills
  StatePlanes shadow_;      // with double buffering
  StatePlanes multiplier_;  // the same, decoded
  StatePlanes west_;
  StatePlanes not_first_;
  StatePlanes loading_;
  std::vector<std::uint8_t> takes_;  // cells that take a weight-load cycle in this clock
  std::vector<std::uint8_t> carry_;
  std::vector<BitRow> current_;   // row 0's turn
  std::array<BitRow, 8> starts_;  // row 0's starts of the last eight clocks
  BitRow row_;
  std::uint64_t clock_ = 0;
  std::uint64_t load_until_ = 0;
  std::uint64_t swap_until_ = 0;
};

}  // namespace

std::unique_ptr<SerialArray> make_sliced_array(const ArrayShape& shape) {
  COLCOMB_CHECK(!shape.parallel, "bit planes are for bit-serial cells");
  return std::make_unique<SlicedArray>(shape);
}

}  // namespace colcomb::simulation
