#pragma once

#include <cstdint>

#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {

/// What one bank of a memory costs.
struct BankCost {
  CostFigure read;        // pJ of a word
  CostFigure write;       // pJ of a word
  CostFigure leakage;     // mW
  CostFigure area;        // um2
  CostFigure block_rams;  // of an FPGA
};

/// A bank of `bytes`, 1 at least, with words of `word_bits`, built of the technology's memories:
/// those with two ports where it has them; of the largest word that divides `word_bits`, so many
/// side by side, else of the smallest that holds it; of the smallest size that holds all, else
/// several of the largest, of which an access pays one. Which memories are chosen depends on sizes
/// alone, so that no figure rests on an entry but by its value.
[[nodiscard]] BankCost bank_cost(const Technology& technology, std::uint64_t bytes,
                                 std::size_t word_bits);

}  // namespace colcomb::cost
