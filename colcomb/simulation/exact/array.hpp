#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::simulation {

/// What enters the bottom cell of one column in one clock (docs/reference/cycle-model.md, "Cell").
/// Serial cells read bit k of `data` and `load` from line k, parallel ones byte k of the arrays.
struct SouthInput {
  bool start = false;
  bool swap = false;
  bool load_valid = false;
  std::uint64_t data = 0;
  std::uint64_t load = 0;
  std::vector<std::uint8_t> data_bytes;  // alpha of them; parallel cells alone
  std::vector<std::uint8_t> load_bytes;

  bool operator==(const SouthInput&) const = default;
};

/// R x C cells and the registers between them, and nothing else.
class SystolicArray {
 public:
  virtual ~SystolicArray() = default;

  /// One clock. `south`: per column. `west`: per row, the incoming accumulations: serial cells take
  /// bit n for stream n, parallel ones the whole word. Without double buffering weights come on the
  /// data lines, with load_valid set.
  virtual void step(std::span<const SouthInput> south, std::span<const std::uint32_t> west) = 0;

  /// Per row, acc_out of the last column as the next clock sees it, coded as `west`.
  [[nodiscard]] virtual std::span<const std::uint32_t> east() const = 0;
};

/// One object per cell, each with compute() and commit(): slow, and the meaning of the others.
[[nodiscard]] std::unique_ptr<SystolicArray> make_plain_array(const ArrayConfig& config);

/// The same, 64 bit-serial cells to a machine word; parallel cells as vectors of integers.
[[nodiscard]] std::unique_ptr<SystolicArray> make_sliced_array(const ArrayConfig& config);

}  // namespace colcomb::simulation
