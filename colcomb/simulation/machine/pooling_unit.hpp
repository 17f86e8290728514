#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/serial_divider.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// Global average pooling of the rows of one bus: an accumulator per row and row tile, and a
/// divider that takes a sum a clock. The mean is there 18 clocks after an image's last byte: one to
/// add, sixteen for the quotient's bits, one to clamp.
class PoolingUnit {
 public:
  struct In {
    const WordToken* token = nullptr;  // of the byte; null: none in this clock
    std::size_t row = 0;
    std::uint8_t byte = 0;
  };
  struct Out {
    bool valid = false;
    std::size_t row = 0;
    std::uint8_t mean = 0;
    WordToken token;
  };

  explicit PoolingUnit(const TileProgram& program);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return out_; }

 private:
  struct Division {
    std::uint64_t clock;  // of the image's last byte
    std::size_t row;
    WordToken token;
    SerialDivider divider;
  };

  const TileProgram& program_;
  std::vector<std::uint64_t> sums_;
  std::uint64_t clock_ = 0;
  std::deque<Division> divisions_;
  Out next_;
  Out out_;
};

}  // namespace colcomb::simulation::machine
