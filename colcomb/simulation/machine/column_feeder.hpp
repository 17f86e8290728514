#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::simulation::machine {

/// The shift block of one column: for each word it reads its lines' bytes from the column's bank,
/// bank_ports a clock, and gives them to the serializers together. Its descriptor memory holds the
/// column's lines of the whole program. The token goes on to the next column one clock later.
class ColumnFeeder {
 public:
  struct In {
    const WordToken* token = nullptr;
    // Output registers of the column's banks, one byte per port.
    const std::uint8_t* data = nullptr;
    const std::uint8_t* input = nullptr;
  };
  /// What one read port of the column's bank, of data or input buffer, is asked.
  struct Read {
    bool valid = false;  // false: no such line, or a pixel outside the map
    std::uint8_t padding = 0;
    std::uint64_t address = 0;
  };
  /// One clock's lines of a word between two registers of the pipeline.
  struct Group {
    bool valid = false;
    bool last = false;   // of the word
    bool first = false;  // of the tile
    bool from_input = false;
    std::uint32_t tile = 0;
    std::uint64_t batch = 0;
    std::uint32_t begin = 0;  // lines [begin, end)
    std::uint32_t end = 0;
    std::int64_t offset = 0;  // byte address of pixel (y, x) less that of the plane; in a ring its
                              // place
    std::int32_t y = 0;       // of the input map, for an offset (0, 0)
    std::int32_t x = 0;
  };
  struct Out {
    WordToken token;
    Group group;              // whose reads these are
    std::vector<Read> reads;  // per port; valid only with group.valid
    bool swap = false;        // one clock before a tile's first word
    bool word = false;        // the serializers load `lines`
    std::uint32_t line_count = 0;
    std::vector<std::uint8_t> lines;  // alpha
  };

  /// `ring`: pixels of a plane of the data buffer, where it is a ring of pixels (LineRings); else
  /// 0.
  ColumnFeeder(const TileProgram& program, std::size_t column, std::uint64_t ring = 0);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return out_; }

 private:
  void fetch(const WordToken& token, std::uint32_t clock);
  void find_addresses();
  void hold(const In& in);

  const TileProgram& program_;
  std::size_t column_;
  std::uint64_t ring_;
  std::uint32_t ports_;
  WordToken current_;           // whose lines are being fetched
  std::uint32_t fetching_ = 0;  // the clock of that, 0: none is
  Group described_;             // its descriptors are there
  Group read_;                  // its bytes are there
  std::vector<Read> read_lines_;
  std::vector<std::uint8_t> held_;

  struct Next {
    WordToken token;
    WordToken current;
    std::uint32_t fetching = 0;
    Group described;
    bool word = false;
    std::uint32_t line_count = 0;
  } next_;
  std::vector<Read> next_reads_;
  bool idle_ = false;  // nothing moves, in this clock and the next
  Out out_;
};

}  // namespace colcomb::simulation::machine
