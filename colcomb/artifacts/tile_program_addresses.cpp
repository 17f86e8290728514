#include <optional>
#include <vector>

#include "colcomb/artifacts/tile_footprint.hpp"
#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {
namespace {

constexpr std::int64_t kMaxOffset = std::int64_t{1} << 40U;
constexpr std::int32_t kMaxReach = 1 << 15U;  // of a column of a filter matrix

/// The banks that the words of one tile reach.
class TileAddresses {
 public:
  TileAddresses(const TileProgram& program, std::size_t index, const ProgramPart& part)
      : program_(program),
        array_(program.array),
        tile_(program.schedule.tiles[index]),
        setup_(program.tiles[index]),
        layer_(program.layers[tile_.layer]),
        part_(part) {}

  void check() {
    require_offset("input_offset", setup_.input_offset);
    require_offset("residual_offset", setup_.residual_offset);
    if (setup_.input != InputSource::kNone) check_lines();
    check_rows();
    check_partial_sums();
    check_outputs();
    check_windows();
    check_pooling();
    check_writes();
  }

 private:
  void require_offset(const char* field, std::int64_t offset) const {
    part_.require(offset >= -kMaxOffset && offset <= kMaxOffset, field, offset,
                  "must be within 2^40 bytes");
  }

  /// Errors: UserError naming what reads unless its bytes, from `base` on, lie in `span`.
  void require_inside(const ByteSpan& span, std::int64_t base, const Footprint& read,
                      const char* what, std::uint64_t number, std::uint64_t column) const {
    const std::int64_t first = base + static_cast<std::int64_t>(read.first);
    const std::int64_t last = base + static_cast<std::int64_t>(read.last);
    if (first >= static_cast<std::int64_t>(span.begin) &&
        last < static_cast<std::int64_t>(span.end)) [[likely]]
      return;
    part_.fail(what, fmt::format("{} of bank {} reads bytes {} to {}", number, column, first, last),
               fmt::format("must read bytes {} to {}, what its bank has for it", span.begin,
                           static_cast<std::int64_t>(span.end) - 1));
  }

  [[nodiscard]] ByteSpan input_span() const {
    if (setup_.input == InputSource::kImage) return {0, program_.slots.images};
    if (setup_.input == InputSource::kBlock) return block_slot(program_);
    return {0, array_.column_bank_bytes(array_.data_bytes)};
  }

  /// What the tile's words read at an offset; lines have few different ones.
  [[nodiscard]] const std::optional<Footprint>& read_at(std::int32_t dy, std::int32_t dx) {
    for (const auto& [y, x, read] : known_)
      if (y == dy && x == dx) return read;
    const WordGrid words = layer_.words();
    const LayerInput input = program_.input_of(tile_);
    const PlaneReader reader{input.height, input.width, words.height(), words.width(), input.stride,
                             dy,           dx};
    known_.push_back({dy, dx, footprint(reader, tile_.word_begin, tile_.words)});
    return known_.back().read;
  }

  void check_lines() {
    const std::uint64_t columns = array_.columns;
    const ByteSpan span = input_span();
    for (std::uint64_t i = 0; i < setup_.line_count * columns; ++i) {
      const LineDescriptor& line = program_.lines[setup_.line_begin * columns + i];
      if (!line.used) continue;
      part_.require(line.dy >= -kMaxReach && line.dy < kMaxReach, "line's dy", line.dy,
                    "must be -32768 to 32767");
      part_.require(line.dx >= -kMaxReach && line.dx < kMaxReach, "line's dx", line.dx,
                    "must be -32768 to 32767");
      const auto& read = read_at(line.dy, line.dx);
      if (read)
        require_inside(span, line.address + setup_.input_offset, *read, "line", i / columns,
                       i % columns);
    }
  }

  void check_rows() const {
    const ByteSpan kept{0, array_.row_bank_bytes(array_.residual_bytes)};
    const bool block = setup_.residual == InputSource::kBlock;
    const ByteSpan span = block ? ByteSpan{0, program_.slots.residual} : kept;
    const PlaneReader reader{layer_.residual_height,
                             layer_.residual_width,
                             layer_.sum_height,
                             layer_.sum_width,
                             layer_.residual_stride,
                             0,
                             0};
    std::optional<Footprint> read;
    if (setup_.residual != InputSource::kNone)
      read = footprint(reader, tile_.word_begin, tile_.words);
    for (std::uint64_t r = 0; r < tile_.rows; ++r) {
      const RowDescriptor& row = program_.rows[setup_.row_begin + r];
      const std::uint64_t bus = r / array_.rows_per_bus();
      if (read && row.has_residual) {
        require_inside(span, row.residual_address + setup_.residual_offset, *read,
                       "residual of row", r, bus);
      }
      if (!layer_.keep || !tile_.last) continue;
      part_.require(kept.holds(row.keep_address + first_output(), tile_.outputs), "keep_address",
                    row.keep_address, "must leave the tile's bytes in the residual buffer's bank");
    }
  }

  void check_partial_sums() const {
    if (tile_.first && tile_.last) return;
    const std::uint64_t entries =
        8 * array_.row_bank_bytes(array_.partial_sum_bytes) / array_.accumulation_bits;
    const std::uint64_t rows = bus_rows(program_, tile_.rows);
    part_.require(tile_.words <= setup_.partial_sum_words, "partial_sum_words",
                  setup_.partial_sum_words, "must hold the tile's words");
    part_.require((rows - 1) * setup_.partial_sum_words + tile_.words <= entries,
                  "partial_sum_words", setup_.partial_sum_words,
                  "must leave the words of a bus's rows in the partial-sum buffer's bank");
  }

  void check_outputs() const {
    if (!tile_.last || !layer_.to_dram) return;
    part_.require(setup_.output_offset >= 0 && setup_.output_offset <= kMaxOffset, "output_offset",
                  setup_.output_offset, "must be 0 to 2^40");
    const std::uint64_t begin = (bus_rows(program_, tile_.rows) - 1) * setup_.output_row_bytes +
                                static_cast<std::uint64_t>(setup_.output_offset);
    part_.require(begin + value_bytes(layer_) * tile_.outputs <= program_.slots.output,
                  "output_row_bytes", setup_.output_row_bytes,
                  "must leave the tile's values of a bus's rows in the output buffer's slot");
  }

  /// Of a batch's output pixels, the first that the tile may complete.
  [[nodiscard]] std::uint64_t first_output() const {
    return complete_before(layer_, tile_.word_begin);
  }

  void check_windows() const {
    if (!layer_.pooling) return;
    const std::uint64_t words =
        array_.row_bank_bytes(array_.pooling_bytes) / array_.pooling_word_bytes();
    const std::uint64_t needed = bus_rows(program_, tile_.rows) * layer_.pooling->out_width;
    part_.require(setup_.window_entry + needed <= words, "window_entry", setup_.window_entry,
                  "must leave out_width words for each row of a bus in the pooling line buffer");
  }

  void check_pooling() const {
    if (layer_.role != LayerRole::kPooled) return;
    const std::uint64_t accumulators =
        ceil_divide<std::uint64_t>(layer_.filters, array_.rows) * bus_rows(program_, array_.rows);
    part_.require(setup_.pooling_entry + bus_rows(program_, tile_.rows) <= accumulators,
                  "pooling_entry", setup_.pooling_entry,
                  "must leave an accumulator of the bus for each of its rows");
  }

  void check_writes() const {
    const std::uint64_t columns = array_.columns;
    const ByteSpan bank{0, array_.column_bank_bytes(array_.data_bytes)};
    const bool pooled = layer_.role == LayerRole::kPooled;
    const std::uint64_t begin = pooled ? 0 : first_output();
    const std::uint64_t bytes = pooled ? array_.batch : tile_.outputs;
    for (std::uint64_t i = 0; i < setup_.write_count * columns; ++i) {
      const WriteDescriptor& write = program_.writes[setup_.write_begin * columns + i];
      if (!write.used) continue;
      part_.require(write.row < tile_.rows, "write's row", write.row, "must be a row of the tile");
      part_.require(bank.holds(write.address + begin, bytes), "write's address", write.address,
                    "must leave the tile's bytes in the data buffer's bank");
    }
  }

  struct Known {
    std::int32_t dy;
    std::int32_t dx;
    std::optional<Footprint> read;
  };

  const TileProgram& program_;
  const ArrayConfig& array_;
  const Tile& tile_;
  const TileSetup& setup_;
  const LayerSetup& layer_;
  const ProgramPart& part_;
  std::vector<Known> known_;
};

}  // namespace

void validate_addresses(const TileProgram& program, const std::string& where) {
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const ProgramPart part(where, fmt::format("tile {}", t));
    TileAddresses(program, t, part).check();
  }
}

}  // namespace colcomb
