#include "colcomb/rtl/program_loads.hpp"

namespace colcomb::rtl {
namespace {

void add(std::vector<ProgramLoad>& loads, std::uint32_t memory, std::size_t place,
         const std::vector<Bits>& words) {
  for (std::size_t index = 0; index < words.size(); ++index)
    loads.push_back({memory, place, index, words[index]});
}

/// A row's descriptors with the addresses where its results are kept in front.
std::vector<Bits> row_words(const MemoryImage& row, const MemoryImage& keep) {
  std::vector<Bits> words = row.words;
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i].insert(words[i].end(), keep.words[i].begin(), keep.words[i].end());
  return words;
}

}  // namespace

std::vector<ProgramLoad> program_loads(const MemoryImages& images) {
  std::vector<ProgramLoad> loads;
  add(loads, 0, 0, images.load.words);
  add(loads, 1, 0, images.tile.words);
  add(loads, 2, 0, images.layer.words);
  add(loads, 3, 0, images.read.words);
  add(loads, 4, 0, images.write.words);
  for (std::size_t c = 0; c < images.lines.size(); ++c) add(loads, 5, c, images.lines[c].words);
  for (std::size_t r = 0; r < images.rows.size(); ++r)
    add(loads, 6, r, row_words(images.rows[r], images.keeps[r]));
  for (std::size_t b = 0; b < images.writes.size(); ++b) add(loads, 7, b, images.writes[b].words);
  add(loads, 7, images.writes.size(), images.tables.words);
  return loads;
}

}  // namespace colcomb::rtl
