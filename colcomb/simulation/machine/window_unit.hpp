#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/serial_divider.hpp"
#include "colcomb/simulation/machine/result_writes.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// The pooling windows of the rows of one bus. A row's bytes come pixel by pixel; each row keeps
/// the partial results of the windows that its pixel lies in, and hands one over when a window's
/// last pixel of the image row has come. Those are joined over the image rows in a line buffer,
/// which has a word of partial results for each row of the bus and output column. A maximum is
/// there kWindowLatency clocks after the window's last byte; a sum goes through a divider first,
/// which takes a sum a clock and kDivisionClocks more.
class WindowUnit {
 public:
  static constexpr std::size_t kMostBytes = 96;  // of a word of the line buffer

  struct In {
    const WordToken* token = nullptr;  // of the byte; null: none in this clock
    std::size_t row = 0;
    std::uint8_t byte = 0;
    const std::uint8_t* word = nullptr;  // the line buffer's read port
  };
  struct Out {
    bool valid = false;
    std::size_t row = 0;
    std::uint8_t byte = 0;
    WordToken token;
    ResultWrites writes;
    // Ports of the line buffer.
    bool read = false;
    std::uint64_t read_address = 0;
    bool write = false;
    std::uint64_t write_address = 0;
    std::array<std::uint8_t, kMostBytes> word{};
  };

  explicit WindowUnit(const TileProgram& program);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return out_; }

 private:
  /// A window's part of one image row.
  struct Part {
    bool valid = false;
    bool reads = false;  // the word holds partial results of image rows before
    std::size_t row = 0;
    std::uint32_t value = 0;
    std::uint64_t address = 0;
    WordToken token;
  };
  struct Division {
    std::uint64_t clock;
    std::size_t row;
    WordToken token;
    SerialDivider divider;
  };

  [[nodiscard]] const LayerSetup& layer_of(const WordToken& token) const {
    return program_.layers[program_.schedule.tiles[token.tile].layer];
  }
  void take(const In& in);
  void join(const Part& part, const std::uint8_t* word);
  void complete(const Part& part, std::uint32_t value);
  void give(const WordToken& token, std::size_t row, std::uint8_t byte);

  const TileProgram& program_;
  std::size_t windows_;                 // partial results of a row, and of a word
  std::vector<std::uint32_t> partial_;  // rows of the bus x windows_
  Part next_part_;
  Part asked_;  // its word is read in this clock
  Part there_;  // its word stands in the read port
  std::deque<Division> divisions_;
  std::uint64_t clock_ = 0;
  Out next_;
  Out out_;
};

}  // namespace colcomb::simulation::machine
