#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// From the rows to the banks of the data buffer. A row gives its byte one clock after the row
/// below, so a few bytes of each wait until the last row's is there; then the word's bytes stand
/// side by side for Z clocks, and in each of them every bank takes the bytes of bank_ports rows, as
/// its write descriptors say: a multiplexer of R bytes per bank and port.
class OutputCrossbar {
 public:
  static constexpr int kNone = -1;

  struct In {
    std::span<const std::int16_t> bytes;  // R, kNone: no byte in this clock
    const WordToken* token = nullptr;     // at the last row's output
  };
  struct Out {
    bool valid = false;
    std::uint32_t write = 0;   // of program.writes, write w of all C banks at w * C
    std::uint32_t writes = 0;  // in this clock
    std::uint64_t offset = 0;  // of the word's byte in each plane
    std::uint32_t tile = 0;
    std::uint64_t batch = 0;
    std::uint64_t done = 0;    // tiles whose results are written, in time for who reads them
    std::uint64_t pixels = 0;  // output pixels of which that is true; of pooled maps means
  };

  explicit OutputCrossbar(const TileProgram& program);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return out_; }
  /// The aligned bytes, R.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  void align(const WordToken& token);
  void write(std::uint32_t clock);

  const TileProgram& program_;
  std::vector<std::deque<std::uint8_t>> waiting_;  // per row
  std::vector<std::uint32_t> delays_;              // of poolings, those that occur, ascending
  TokenDelay pooled_;                              // tokens of layers with poolings
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint8_t> next_bytes_;
  WordToken pooled_in_;
  std::uint32_t shown_ = 0;  // write clock that out_ shows, with out_.valid
  std::uint32_t next_shown_ = 0;
  std::uint64_t clock_ = 0;
  std::deque<std::uint64_t> done_clocks_;   // in which `done` counts on
  std::deque<std::uint64_t> pixel_clocks_;  // and `pixels`
  Out next_;
  Out out_;
};

}  // namespace colcomb::simulation::machine
