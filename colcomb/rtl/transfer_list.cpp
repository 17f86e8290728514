#include "colcomb/rtl/transfer_list.hpp"

#include <span>

namespace colcomb::rtl {
namespace {

using Entry = TransferList::Entry;

/// A buffer used in turns: whose turn a tile's transfers take in batch 0, and whether the next
/// batch begins with the other one.
class Turns {
 public:
  template <class Changes>
  Turns(const TileProgram& program, Changes changes) {
    for (const TileSetup& setup : program.tiles) {
      flips_ = flips_ != changes(setup);
      turns_.push_back(flips_);
    }
  }

  void set(Entry& entry, std::uint64_t slot) const {
    entry.slot = slot;
    entry.turn = turns_[entry.tile];
    entry.turn_flips = flips_;
  }

 private:
  std::vector<bool> turns_;
  bool flips_ = false;
};

class Builder {
 public:
  explicit Builder(const TileProgram& program)
      : program_(program),
        input_(program, [](const TileSetup& setup) { return setup.new_block; }),
        residual_(program, [](const TileSetup& setup) { return setup.new_residual_block; }),
        output_(program, [](const TileSetup& setup) { return setup.outputs > 0; }) {}

  void add_read(std::uint32_t tile, std::span<const Transfer> transfers,
                std::vector<Entry>& list) const {
    for (const Transfer& transfer : transfers) {
      Entry entry = entry_of(tile, transfer);
      entry.after_all = setup(tile).fetch_after_all;
      entry.before_outputs = setup(tile + tiles() * slots() - slots()).outputs > 0;
      list.push_back(entry);
    }
  }

  void add_write(std::uint32_t tile, std::vector<Entry>& list) const {
    for (const Transfer& transfer :
         std::span(program_.transfers).subspan(setup(tile).output_begin, setup(tile).outputs))
      list.push_back(entry_of(tile, transfer));
  }

  /// Of the list's entries those from `loop` on come again each batch: the last ones of tiles, and
  /// what comes behind each.
  void link(std::vector<Entry>& list, std::size_t loop) const {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const bool ends = i + 1 == list.size();
      Entry& entry = list[i];
      entry.none = ends && loop == list.size();
      entry.tile_last = i == 0 || ends || list[i + 1].tile != entry.tile;
      if (!entry.tile_last || entry.none) continue;
      const Entry& next = list[ends ? loop : i + 1];
      entry.next_distance = next.tile + (ends ? tiles() : 0) - entry.tile;
      entry.next_after_one = setup(next.tile + 1).fetch_after_all;
      entry.next_after_slots = setup(next.tile + slots()).fetch_after_all;
    }
  }

  [[nodiscard]] std::uint32_t tiles() const {
    return static_cast<std::uint32_t>(program_.tiles.size());
  }

 private:
  [[nodiscard]] std::uint32_t slots() const {
    return static_cast<std::uint32_t>(program_.schedule.slots);
  }
  [[nodiscard]] const TileSetup& setup(std::uint32_t tile) const {
    return program_.tiles[tile % tiles()];
  }

  [[nodiscard]] Entry entry_of(std::uint32_t tile, const Transfer& transfer) const {
    Entry entry;
    entry.transfer = &transfer;
    entry.tile = tile;
    switch (transfer.kind) {
      case TransferKind::kWeights:
        entry.slot = program_.slots.weights;
        entry.turn = tile % slots() != 0;
        entry.turn_flips = tiles() % slots() != 0;
        break;
      case TransferKind::kImages:
        input_.set(entry, program_.slots.images);
        break;
      case TransferKind::kInput:
        input_.set(entry, program_.slots.input);
        break;
      case TransferKind::kResidual:
        residual_.set(entry, program_.slots.residual);
        break;
      case TransferKind::kOutput:
        output_.set(entry, program_.slots.output);
        break;
    }
    return entry;
  }

  const TileProgram& program_;
  Turns input_;
  Turns residual_;
  Turns output_;
};

}  // namespace

TransferList::TransferList(const TileProgram& program) : reads_(1), writes_(1) {
  const Builder builder(program);
  builder.add_read(0, program.initial, reads_);
  read_restart_ = static_cast<std::uint32_t>(reads_.size());
  for (std::uint32_t t = 0; t < builder.tiles(); ++t) {
    const TileSetup& setup = program.tiles[t];
    builder.add_read(t, std::span(program.transfers).subspan(setup.read_begin, setup.reads),
                     reads_);
    builder.add_write(t, writes_);
  }
  builder.link(reads_, read_restart_);
  builder.link(writes_, 1);
  if (read_restart_ == reads_.size()) read_restart_ = 0;  // never taken
}

std::uint64_t transfer_words(const ArrayConfig& array, const Transfer& transfer) {
  return std::uint64_t{transfer.bursts} * array.dram_burst_bytes / array.dram_bytes_per_clock;
}

}  // namespace colcomb::rtl
