#include "colcomb/rtl/memory_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/descriptor_images.hpp"
#include "colcomb/rtl/program_index.hpp"
#include "colcomb/rtl/tile_records.hpp"
#include "colcomb/rtl/transfer_list.hpp"
#include "colcomb/rtl/transfer_records.hpp"

namespace colcomb::rtl {
namespace {

MemoryImage image(std::string name, std::vector<Bits> words) {
  const std::size_t width = words.front().size();
  return {std::move(name), width, std::move(words)};
}

/// One image per column, row or bank.
template <class Make>
std::vector<MemoryImage> images(const char* name, std::size_t count, Make make) {
  std::vector<MemoryImage> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(image(fmt::format("{}_{}", name, i), make(i)));
  return all;
}

}  // namespace

MemoryImages memory_images(const TileProgram& program, const MachineParameters& parameters) {
  const Bundles bundles(parameters);
  const ProgramIndex index(program);
  const TransferList transfers(program);
  const ArrayConfig& array = program.array;
  MemoryImages all;
  all.load = image("load", load_records(program, bundles));
  all.tile = image("tile", tile_records(program, bundles, index));
  all.layer = image("layer", layer_records(program, bundles, index));
  all.read = image("read", read_records(program, bundles, transfers));
  all.write = image("write", write_records(program, bundles, transfers));
  all.lines = images("line", array.columns, [&](std::size_t column) {
    return column_lines(program, bundles, index, column);
  });
  all.rows = images("row", array.rows,
                    [&](std::size_t row) { return row_descriptors(program, bundles, index, row); });
  all.keeps = images("keep", array.rows, [&](std::size_t row) {
    return keep_descriptors(program, bundles, index, row);
  });
  all.writes = images("bank_write", array.columns, [&](std::size_t bank) {
    return write_lines(program, bundles, index, bank, array.columns);
  });
  all.tables = {"table", 8, table_bytes(index)};
  all.read_restart = transfers.read_restart();
  all.batch_bytes = program.memory.batch_bytes;
  all.two_slots = program.schedule.slots == 2;
  return all;
}

std::vector<std::uint8_t> dram_image(const TileProgram& program,
                                     std::span<const std::uint8_t> images) {
  const MemoryMap& memory = program.memory;
  COLCOMB_CHECK(images.size() % memory.logits == 0, "images must be whole batches");
  const std::size_t batches = images.size() / memory.logits;
  std::vector<std::uint8_t> bytes(memory.batches + batches * memory.batch_bytes);
  std::ranges::copy(program.weights, bytes.begin() + static_cast<std::ptrdiff_t>(memory.weights));
  for (std::size_t b = 0; b < batches; ++b)
    std::ranges::copy(
        images.subspan(b * memory.logits, memory.logits),
        bytes.begin() + static_cast<std::ptrdiff_t>(memory.batches + b * memory.batch_bytes));
  return bytes;
}

std::string readmemh_text(const MemoryImage& image) {
  std::string text;
  for (const Bits& word : image.words) text += hex(word) + '\n';
  return text;
}

std::string readmemh_text(std::span<const std::uint8_t> bytes, std::size_t word_bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += word_bytes) {
    for (std::size_t i = word_bytes; i-- > 0;)
      text += fmt::format("{:02x}", at + i < bytes.size() ? bytes[at + i] : 0);
    text += '\n';
  }
  return text;
}

}  // namespace colcomb::rtl
