#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb::simulation::machine {

/// What travels with an input word from block to block: which it is, and the turns of the buffers
/// that are used in turns.
struct WordToken {
  bool valid = false;
  bool first = false;          // of its tile
  bool last = false;           // of its tile
  bool input_turn = false;     // slot of the input buffer
  bool residual_turn = false;  // of the residual input buffer
  bool output_turn = false;    // of the output buffer
  std::uint32_t tile = 0;      // in the program
  std::uint32_t word = 0;      // within the tile
  std::uint32_t image = 0;     // of the batch
  std::uint32_t y = 0;         // of the word (WordGrid)
  std::uint32_t x = 0;
  bool completes = false;    // an output pixel:
  std::uint32_t pixel = 0;   // its place in the output map, row-major
  std::uint32_t output = 0;  // output pixels that words of the tile before it complete
  std::uint64_t batch = 0;
};

/// A load of the array with a tile's weights.
struct LoadToken {
  bool valid = false;
  bool turn = false;  // slot of the weight buffer
  std::uint32_t tile = 0;
};

/// A shift register of tokens: what entered `age` clocks ago, 1 to the length.
class TokenDelay {
 public:
  explicit TokenDelay(std::size_t length) : tokens_(length) {}

  [[nodiscard]] const WordToken& at(std::size_t age) const {
    return tokens_[next_ >= age ? next_ - age : next_ + tokens_.size() - age];
  }
  void commit(const WordToken& in) {
    tokens_[next_] = in;
    next_ = next_ + 1 == tokens_.size() ? 0 : next_ + 1;
  }

 private:
  std::vector<WordToken> tokens_;
  std::size_t next_ = 0;
};

}  // namespace colcomb::simulation::machine
