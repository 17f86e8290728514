#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// Runs the tile program, batch after batch without end: decides when a tile's weights are loaded
/// and when each of its words is sent. It waits for counters of the memory channel and of the
/// output crossbar, and for clocks that the program states. Tiles are counted on over the batches.
class Controller {
 public:
  struct In {
    std::uint64_t fetched = 0;  // tiles whose transfers are complete
    std::uint64_t done = 0;     // tiles whose results are written
  };
  struct Out {
    LoadToken load;             // to the weight loader
    WordToken column;           // to column 0's feeder
    WordToken row;              // to row 0's feeder, Q - 1 clocks later
    std::uint64_t ended = 0;    // tiles of which nothing is read any more
    std::uint64_t sending = 0;  // tile whose words are sent, or the next
  };

  explicit Controller(const TileProgram& program);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return now_.out; }

 private:
  struct State {
    Out out;
    std::uint64_t loaded = 0;       // tiles whose load is decided
    std::uint64_t load_clock = 0;   // of the last such decision
    WordToken word;                 // the next to send
    std::uint64_t sent = 0;         // words sent, of all tiles
    std::uint64_t sent_clock = 0;   // of the last one's decision
    std::uint64_t begin_clock = 0;  // of the last tile's first word
    WordToken waiting;              // sent to the columns, not yet to the rows
    std::uint64_t row_clock = 0;    // when it goes there
  };

  [[nodiscard]] bool may_load(const In& in) const;
  [[nodiscard]] bool may_send(const In& in) const;
  void send();
  void prepare(std::uint32_t tile);
  void set_output(WordToken& word) const;
  [[nodiscard]] const Tile& tile(std::uint32_t position) const {
    return program_.schedule.tiles[position];
  }

  const TileProgram& program_;
  std::vector<WordGrid> grids_;  // per layer
  std::uint64_t clock_ = 0;
  State now_;
  State next_;
  std::deque<std::uint64_t> endings_;  // clocks in which `ended` counts on
};

}  // namespace colcomb::simulation::machine
