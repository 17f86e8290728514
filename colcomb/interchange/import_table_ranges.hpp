#pragma once

#include "colcomb/interchange/import.hpp"

// Internal to the room: what the bytes of layers with activation functions stand for.
namespace colcomb::interchange {

/// The part of `sums` in which the function changes: where it stays the same at an end, to within a
/// quarter of its outputs' step, that end only makes the steps of the rest coarser. All channels
/// have one range.
[[nodiscard]] ValueRange without_flat_ends(const ScalarFunction& function, const ValueRange& sums);

/// The least range that holds 0 and the function's values at the 256 bytes of `sums`; its 255th
/// byte is the largest of them. Errors: UserError naming `layer` if one is not finite.
[[nodiscard]] ValueRange outputs_of(const ScalarFunction& function, const ValueRange& sums,
                                    const std::string& layer);

/// The table: what byte p of `sums` becomes in units of the outputs' byte, of a function that
/// differs by channel row after row.
[[nodiscard]] ActivationTable table_of(const ScalarFunction& function, const ValueRange& sums,
                                       const ValueRange& outputs);

/// The range made wider by a step if 0 is no byte of it, so that offset_with_zero loses no value.
[[nodiscard]] ValueRange with_room_for_zero(const ValueRange& range);

/// The least offset from that of `range` on for which 0 is a byte, or lies whole bytes outside.
[[nodiscard]] double offset_with_zero(const ValueRange& range);

/// That byte.
[[nodiscard]] std::uint8_t zero_of(const ValueRange& range);

}  // namespace colcomb::interchange
