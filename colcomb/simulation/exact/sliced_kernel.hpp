#pragma once

#include <cstddef>
#include <cstdint>

namespace colcomb::simulation {

/// Planes of one clock, as pointers to the first of each kind and the distance to the next of it.
/// Inputs are what the wires carry; the others change from present to next state.
struct SlicedClock {
  std::size_t blocks = 0;
  std::size_t alpha = 1;

  // What comes from below, the same pitch for all.
  const std::uint8_t* data = nullptr;     // alpha planes
  const std::uint8_t* start = nullptr;    // a word begins
  const std::uint8_t* window = nullptr;   // one of a word's eight bits is there
  const std::uint8_t* current = nullptr;  // S planes, one of them set: stream of the latest word
  std::size_t moving_pitch = 0;

  const std::uint8_t* weights = nullptr;  // 8 of magnitude, then the sign
  const std::uint8_t* selects = nullptr;  // alpha planes, one of them set: the line selected
  std::uint8_t* product = nullptr;        // 8: p of the latest word
  std::uint8_t* tail = nullptr;           // 8: p of the word before
  std::uint8_t* carry = nullptr;          // S
  std::uint8_t* seen = nullptr;           // S
  std::uint8_t* negate = nullptr;         // S
  std::uint8_t* acc = nullptr;            // S: acc_out
  std::size_t pitch = 0;

  const std::uint8_t* west = nullptr;       // S: acc_in of column 0; 0 elsewhere
  const std::uint8_t* not_first = nullptr;  // 1 but in column 0
};

/// One clock of all cells. `streams` is S, 1 to 4.
void sliced_step(const SlicedClock& clock, std::size_t streams);

}  // namespace colcomb::simulation
