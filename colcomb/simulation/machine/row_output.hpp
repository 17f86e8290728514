#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "colcomb/simulation/machine/result_writes.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// ReLU and quantization block of one row, the look-up in the layer's activation table, with the
/// register behind both, and the addresses under which the row's bus writes the result.
class RowOutput {
 public:
  struct In {
    const WordToken* token = nullptr;  // of the accumulation that is whole in this clock
    std::uint32_t accumulation = 0;
  };
  struct Out {
    WordToken token;      // invalid: no result; it passes in rows without a filter, too
    bool active = false;  // the row has a filter
    std::uint32_t accumulation = 0;
    std::uint8_t byte = 0;
    bool to_partial_sums = false;
    std::uint64_t partial_sum_address = 0;
    bool to_windows = false;  // the byte goes through pooling windows; `writes` says nothing
    ResultWrites writes;
  };

  RowOutput(const TileProgram& program, std::size_t row) : program_(program), row_(row) {}

  void compute(const In& in) {
    if (in.token->valid) {
      take(in);
    } else {
      next_.token.valid = false;
    }
  }
  void commit() {
    if (next_.token.valid) {
      out_ = next_;
    } else {
      out_.token.valid = false;
    }
  }
  [[nodiscard]] const Out& out() const { return out_; }

 private:
  void take(const In& in);

  const TileProgram& program_;
  std::size_t row_;
  Out next_;
  Out out_;
};

}  // namespace colcomb::simulation::machine
