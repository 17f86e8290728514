#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "colcomb/simulation/machine/word_token.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation::machine {

/// Sends the words of one layer of a cross-layer pipeline, image after image without end: each as
/// soon as the pixels that it reads are in the line buffers in front, and the line buffers behind
/// have room for the pixel that it completes. All that it knows of other stages are counters of
/// pixels, which count on over the images.
class Sequencer {
 public:
  struct In {
    std::uint64_t input = 0;     // pixels of the map before that can be read
    std::uint64_t residual = 0;  // of the map that is added
    bool enabled = false;        // the arrays are loaded
    /// Per line buffer behind: pixels whose places are free again.
    const std::vector<std::uint64_t>* freed = nullptr;
  };
  struct Out {
    WordToken column;               // to column 0's feeder
    WordToken row;                  // to row 0's feeder, Q - 1 clocks later
    std::uint64_t input_freed = 0;  // pixels of the map before that are read no more
    std::uint64_t residual_freed = 0;
  };

  /// `rooms`: pixels of each line buffer behind, in the order of In::freed.
  Sequencer(const tiling::Stage& stage, std::vector<std::uint64_t> rooms);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return now_.out; }

 private:
  struct State {
    Out out;
    WordToken word;                // the next to send
    std::uint64_t sent_clock = 0;  // of the last one's decision
    WordToken waiting;             // sent to the columns, not yet to the rows
    std::uint64_t row_clock = 0;   // when it goes there
  };
  /// Counters that go on when a word's last byte has been read.
  struct Freed {
    std::uint64_t clock;
    std::uint64_t input;
    std::uint64_t residual;
  };

  [[nodiscard]] bool may_send(const In& in) const;
  [[nodiscard]] bool there(const tiling::ReadBox& box, std::uint64_t pixels) const;
  [[nodiscard]] bool completes() const;
  void send();
  void set_output(WordToken& word) const;
  [[nodiscard]] static std::uint64_t spent(const tiling::ReadBox& box, const WordToken& next);

  const tiling::Stage& stage_;
  std::vector<std::uint64_t> rooms_;
  WordGrid grid_;
  bool pooled_;
  std::uint64_t clock_ = 0;
  State now_;
  State next_;
  std::deque<Freed> freed_;
};

}  // namespace colcomb::simulation::machine
