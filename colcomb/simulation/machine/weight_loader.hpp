#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// Reads a tile's weights from the weight buffer, one weight-load cycle of all columns per clock,
/// first the L of row 0, then those of row 1, ..., and delays column j's bits by j clocks.
class WeightLoader {
 public:
  struct In {
    LoadToken load;
    const std::uint8_t* line = nullptr;  // output register of the weight buffer
  };
  struct Out {
    bool read = false;  // of the weight buffer
    std::uint64_t address = 0;
    std::size_t bytes = 0;
  };
  /// What a column's load lines carry: bit k is line k.
  struct Column {
    bool valid = false;
    std::uint64_t bits = 0;
  };

  explicit WeightLoader(const TileProgram& program);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return out_; }
  /// Whether any column's load lines carry something in this clock.
  [[nodiscard]] bool active() const { return arriving_.valid || delayed_ > 0; }
  /// The load lines of column j in this clock: of column 0 the buffer's output register `line`.
  [[nodiscard]] Column column(std::size_t j, const std::uint8_t* line) const;

 private:
  struct Line {
    bool valid = false;
    std::uint32_t tile = 0;
    std::vector<std::uint8_t> bytes;  // empty: all zero
  };

  [[nodiscard]] std::uint64_t bits_of(std::uint32_t tile, const std::uint8_t* bytes,
                                      std::size_t j) const;

  const TileProgram& program_;
  LoadToken current_;           // whose lines are being read
  std::uint32_t position_ = 0;  // the next of them
  bool addressed_ = false;      // out_ shows one of its lines
  Line arriving_;               // its bytes are in the buffer's output register
  std::vector<Line> delay_;     // a ring: lines of the clocks before
  std::size_t slot_ = 0;        // of the present clock
  std::size_t delayed_ = 0;     // valid ones in the ring

  struct Next {
    LoadToken current;
    std::uint32_t position = 0;
    bool addressed = false;
    Out out;
  } next_;
  Out out_;
};

}  // namespace colcomb::simulation::machine
