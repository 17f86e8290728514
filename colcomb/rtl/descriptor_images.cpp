#include "colcomb/rtl/descriptor_images.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/rtl/rings.hpp"

namespace colcomb::rtl {
namespace {

/// Words of `ports` descriptors, the lowest port's lowest; those behind lines.count are unused.
template <class Describe>
void add_words(const ProgramIndex::Lines& lines, std::uint32_t ports, Describe describe,
               std::vector<Bits>& words) {
  const std::uint32_t count = std::max(1U, ceil_divide(lines.count, ports));
  for (std::uint32_t w = 0; w < count; ++w) {
    Bits word;
    for (std::uint32_t i = w * ports; i < (w + 1) * ports; ++i) {
      const Bits bits = describe(i);
      word.insert(word.end(), bits.begin(), bits.end());
    }
    words.push_back(std::move(word));
  }
}

}  // namespace

std::vector<Bits> column_lines(const TileProgram& program, const Bundles& bundles,
                               const ProgramIndex& index, std::size_t column, std::uint64_t ring) {
  std::vector<Bits> words;
  for (const ProgramIndex::Lines& lines : index.columns()) {
    const auto describe = [&](std::uint32_t i) {
      LineDescriptor line;
      if (i < lines.count)
        line = program.lines[std::size_t{lines.begin + i} * program.array.columns + column];
      Values values(bundles.line_descriptor);
      values.set("used", line.used ? 1 : 0);
      values.set("padding", line.used ? line.padding : 0);
      values.set_modulo("dx", line.dx);
      values.set_modulo("dy", line.dy);
      const std::int64_t step = std::int64_t{line.dy} * lines.width + line.dx;
      if (ring > 0) values.set("step", ring_step(step, ring));
      values.set_modulo("place", ring > 0 ? line.address : line.address + step);
      return values.bits();
    };
    add_words(lines, index.read_ports(), describe, words);
  }
  return words;
}

std::vector<Bits> row_descriptors(const TileProgram& program, const Bundles& bundles,
                                  const ProgramIndex& index, std::size_t row) {
  std::vector<Bits> words;
  for (const ProgramIndex::RowTile& tile : index.rows()) {
    RowDescriptor descriptor;
    std::uint32_t exponent = 0;
    if (row < tile.rows) {
      descriptor = program.rows[tile.row_begin + row];
      const LayerSetup& layer = program.layers[tile.layer];
      exponent = layer.row_fraction_bits(tile.filter_begin + row) - layer.fraction_bits;
    }
    Values values(bundles.row_descriptor);
    values.set("exponent", exponent);
    values.set("has_residual", descriptor.has_residual ? 1 : 0);
    values.set_modulo("residual_address", descriptor.residual_address);
    values.set_modulo("bias", descriptor.bias);
    words.push_back(values.bits());
  }
  return words;
}

std::vector<Bits> keep_descriptors(const TileProgram& program, const Bundles& bundles,
                                   const ProgramIndex& index, std::size_t row) {
  std::vector<Bits> words;
  for (const ProgramIndex::RowTile& tile : index.rows()) {
    Values values(bundles.keep_descriptor);
    values.set_modulo("keep_address",
                      row < tile.rows ? program.rows[tile.row_begin + row].keep_address : 0);
    words.push_back(values.bits());
  }
  return words;
}

std::vector<Bits> write_lines(const TileProgram& program, const Bundles& bundles,
                              const ProgramIndex& index, std::size_t bank, std::size_t banks) {
  std::vector<ProgramIndex::Lines> all = index.writes();
  if (all.empty()) all.emplace_back();
  std::vector<Bits> words;
  for (const ProgramIndex::Lines& lines : all) {
    const auto describe = [&](std::uint32_t i) {
      WriteDescriptor write;
      if (i < lines.count) write = program.writes[std::size_t{lines.begin + i} * banks + bank];
      Values values(bundles.write_descriptor);
      values.set("used", write.used ? 1 : 0);
      values.set("row", write.row);
      values.set_modulo("address", write.address);
      return values.bits();
    };
    add_words(lines, index.write_ports(), describe, words);
  }
  return words;
}

std::vector<Bits> table_bytes(const ProgramIndex& index) {
  std::vector<Bits> words;
  for (const auto& table : index.tables()) {
    for (const std::uint8_t byte : table) append(words.emplace_back(), byte, 8);
  }
  return words;
}

}  // namespace colcomb::rtl
