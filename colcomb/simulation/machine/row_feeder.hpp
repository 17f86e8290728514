#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// The accumulation input of one row, at the array's west side: for each word the bias, plus the
/// residual source's byte shifted left by f, or the partial sum that the column tile before wrote.
/// The token goes on to the next row one clock later.
class RowFeeder {
 public:
  struct In {
    const WordToken* token = nullptr;
    // Output registers of the row bus's banks.
    const std::uint8_t* partial_sum = nullptr;  // A bits, little-endian
    const std::uint8_t* residual = nullptr;
    const std::uint8_t* residual_input = nullptr;
  };
  enum class Source : std::uint8_t { kBias, kPartialSum, kResidual, kResidualInput };
  /// A word between two registers of the pipeline.
  struct Stage {
    bool valid = false;
    Source source = Source::kBias;
    std::uint32_t tile = 0;
    std::uint64_t batch = 0;
    std::uint64_t address = 0;
    std::uint32_t bias = 0;
    std::uint32_t shift = 0;
  };
  struct Out {
    WordToken token;
    Stage read;                      // of the row bus's bank, unless its source is the bias
    bool start = false;              // the serializer loads `accumulation`
    std::uint32_t accumulation = 0;  // modulo 2^A
  };

  /// `ring`: pixels of a plane of the residual buffer, where it is a ring of pixels (LineRings);
  /// else 0.
  RowFeeder(const TileProgram& program, std::size_t row, std::uint64_t ring = 0);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return out_; }

 private:
  [[nodiscard]] Stage describe(const WordToken& token) const;

  const TileProgram& program_;
  std::size_t row_;
  std::uint64_t ring_;
  std::size_t sum_bytes_;
  std::uint32_t mask_;
  Stage described_;
  Stage read_;
  Stage next_described_;
  WordToken next_token_;
  std::uint32_t next_accumulation_ = 0;
  bool idle_ = false;
  Out out_;
};

}  // namespace colcomb::simulation::machine
