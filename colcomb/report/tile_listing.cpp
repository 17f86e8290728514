#include <fmt/format.h>

#include <vector>

#include "colcomb/report/program_listing.hpp"
#include "colcomb/report/program_words.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Lines = std::vector<std::vector<std::string>>;

/// "1 word", "2 words".
std::string counted(std::uint64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

const char* columns_source(InputSource source) {
  switch (source) {
    case InputSource::kKept:
      return "the data buffer";
    case InputSource::kImage:
      return "whole images in the input buffer";
    case InputSource::kBlock:
      return "a block in the input buffer";
    case InputSource::kNone:
      break;
  }
  return "nothing";
}

const char* rows_source(InputSource source) {
  switch (source) {
    case InputSource::kKept:
      return ", and residuals from the residual buffer";
    case InputSource::kBlock:
      return ", and residuals from the residual input buffer";
    default:
      return "";
  }
}

/// The parts of tile_listing, in its order.
class TileText {
 public:
  TileText(const TileProgram& program, std::size_t index)
      : program_(program),
        array_(program.array),
        index_(index),
        tile_(program.schedule.tiles[index]),
        setup_(program.tiles[index]),
        layer_(program.layers[tile_.layer]) {}

  [[nodiscard]] std::string all() const {
    return heading() + '\n' + columns() + '\n' + rows() + '\n' + results() + '\n' + waits() + '\n' +
           transfers("reads", setup_.read_begin, setup_.reads) +
           transfers("outputs", setup_.output_begin, setup_.outputs);
  }

 private:
  [[nodiscard]] std::string heading() const {
    return fmt::format(
        "tile {} of layer {}: {} from filter {} on, {} of column tile {}, {} from {} on\n", index_,
        layer_.name, counted(tile_.rows, "row"), tile_.row_begin, counted(tile_.groups, "group"),
        tile_.column_tile, counted(tile_.words, "word"), tile_.word_begin);
  }

  [[nodiscard]] std::string columns() const {
    std::string text =
        fmt::format("columns read {}{}, offset {}: {} in {} (Q), a word every {} (K)\n",
                    columns_source(setup_.input), setup_.new_block ? ", new with this tile" : "",
                    setup_.input_offset, counted(setup_.line_count, "line"),
                    counted(tile_.read_clocks, "clock"), counted(tile_.interval, "clock"));
    Lines lines = {{"column", "line", "address", "dy", "dx", "padding"}};
    for (std::uint64_t c = 0; c < array_.columns; ++c) {
      for (std::uint64_t l = 0; l < setup_.line_count; ++l) {
        const auto& line = program_.lines[(setup_.line_begin + l) * array_.columns + c];
        if (!line.used) continue;
        lines.push_back({fmt::to_string(c), fmt::to_string(l), fmt::to_string(line.address),
                         fmt::to_string(line.dy), fmt::to_string(line.dx),
                         fmt::to_string(line.padding)});
      }
    }
    return text + format_table(lines, false);
  }

  [[nodiscard]] std::string rows() const {
    const bool adds = setup_.residual != InputSource::kNone;
    std::string text = fmt::format(
        "rows add to {}{}{}, offset {}\n", tile_.first ? "the bias" : "partial sums",
        rows_source(setup_.residual), setup_.new_residual_block ? ", new with this tile" : "",
        setup_.residual_offset);
    Lines lines = {{"row", "filter", "bus", "bias", "shift", "residual address", "keep address"}};
    for (std::uint64_t r = 0; r < tile_.rows; ++r) {
      const RowDescriptor& row = program_.rows[setup_.row_begin + r];
      lines.push_back({fmt::to_string(r), fmt::to_string(tile_.row_begin + r),
                       fmt::to_string(r / array_.rows_per_bus()),
                       tile_.first ? fmt::to_string(row.bias) : "-",
                       fmt::to_string(layer_.row_fraction_bits(tile_.row_begin + r)),
                       adds && row.has_residual ? fmt::to_string(row.residual_address) : "-",
                       layer_.keep && tile_.last ? fmt::to_string(row.keep_address) : "-"});
    }
    return text + format_table(lines, false);
  }

  [[nodiscard]] std::string results() const {
    std::string text = tile_.last ? "results:" : "partial sums:";
    if (!tile_.first || !tile_.last)
      text += fmt::format(" {} partial sums a row;", setup_.partial_sum_words);
    if (tile_.last && layer_.role == LayerRole::kPooled)
      text += fmt::format(" accumulators of the pooling from {} on;", setup_.pooling_entry);
    if (tile_.last && layer_.to_dram) {
      text += fmt::format(" output buffer, {} bytes a row, offset {};", setup_.output_row_bytes,
                          setup_.output_offset);
    }
    text += fmt::format(" {} of a data bank in {} (Z)\n", counted(setup_.write_count, "write"),
                        counted(tile_.write_clocks, "clock"));
    if (setup_.write_count == 0) return text;
    Lines lines = {{"bank", "write", "row", "address"}};
    for (std::uint64_t bank = 0; bank < array_.columns; ++bank) {
      for (std::uint64_t w = 0; w < setup_.write_count; ++w) {
        const auto& write = program_.writes[(setup_.write_begin + w) * array_.columns + bank];
        if (!write.used) continue;
        lines.push_back({fmt::to_string(bank), fmt::to_string(w), fmt::to_string(write.row),
                         fmt::to_string(write.address)});
      }
    }
    return text + format_table(lines, false);
  }

  [[nodiscard]] std::string waits() const {
    std::string text =
        fmt::format("weights: from {} on in the buffer{}, {} a weight-load cycle; {} in use\n",
                    setup_.weight_address, program_.schedule.weights_resident ? "" : "'s slot",
                    counted(setup_.weight_line_bytes, "byte"), counted(tile_.nonzeros, "cell"));
    text += fmt::format(
        "waits, in clocks: first word {} after the last one of the tile before, {} after its first "
        "one, {} after the load; load {} after that first one{}{}\n",
        setup_.send_gap, setup_.send_after_begin, setup_.send_after_load, setup_.load_after_begin,
        setup_.after_all ? "; all earlier tiles done" : "",
        setup_.fetch_after_all ? "; fetches when their outputs are written" : "");
    return text;
  }

  /// "bank 1", "banks 0 2 3", "bus 4"; the weight buffer has one bank.
  [[nodiscard]] std::string place(const Transfer& transfer) const {
    if (transfer.kind == TransferKind::kWeights) return "-";
    if (transfer.banks == 0) return fmt::format("bus {}", transfer.bank_begin);
    std::string text = transfer.banks == 1 ? "bank" : "banks";
    for (std::uint32_t i = 0; i < transfer.banks; ++i)
      text += fmt::format(" {}", program_.bank_numbers[transfer.bank_begin + i]);
    return text;
  }

  [[nodiscard]] std::string transfers(const char* what, std::uint32_t begin,
                                      std::uint32_t count) const {
    if (count == 0) return fmt::format("{}: none\n", what);
    Lines lines = {{what, "kind", "DRAM", "bursts", "bytes written", "address", "at"}};
    for (std::uint32_t i = begin; i < begin + count; ++i) {
      const Transfer& transfer = program_.transfers[i];
      std::string written = "-";
      if (transfer.kind == TransferKind::kOutput)
        written = fmt::format("{} after {}", transfer.bytes, transfer.skip);
      lines.push_back({fmt::to_string(i), name_of(transfer.kind),
                       fmt::format("{:#x}{}", transfer.dram, transfer.per_batch ? " + batch" : ""),
                       fmt::to_string(transfer.bursts), written, fmt::to_string(transfer.address),
                       place(transfer)});
    }
    return format_table(lines, false, true);
  }

  const TileProgram& program_;
  const ArrayConfig& array_;
  std::size_t index_;
  const Tile& tile_;
  const TileSetup& setup_;
  const LayerSetup& layer_;
};

}  // namespace

std::string tile_listing(const TileProgram& program, std::size_t tile) {
  return TileText(program, tile).all();
}

}  // namespace colcomb::report
