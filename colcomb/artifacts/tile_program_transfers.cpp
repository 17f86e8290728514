#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {
namespace {

std::uint64_t bytes_of(const TileProgram& program, const Transfer& transfer) {
  return transfer.bursts * std::uint64_t{program.array.dram_burst_bytes};
}

/// What one tile's transfers move, in whole bursts.
struct Moved {
  std::uint64_t weights = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t weight_transfers = 0;
};

class TransferRules {
 public:
  TransferRules(const TileProgram& program, const std::string& where)
      : program_(program), where_(where) {}

  /// All weights at once, where the weight buffer holds them.
  void check_initial() const {
    const ProgramPart all(where_, "");
    const bool resident = program_.schedule.weights_resident;
    const std::uint64_t bytes = resident ? program_.weights.size() : 0;
    all.require(program_.schedule.initial_weight_bytes == bytes, "schedule.initial_weight_bytes",
                program_.schedule.initial_weight_bytes,
                "must be the weight image's bytes if the weight buffer holds them, else 0");
    all.require(
        program_.initial.size() == (bytes > 0 ? 1 : 0), "initial", program_.initial.size(),
        "must be one transfer if there are weights to keep in the weight buffer, else none");
    for (const Transfer& transfer : program_.initial) {
      const ProgramPart part(where_, "initial transfer");
      part.require(transfer.kind == TransferKind::kWeights, "kind", kind(transfer),
                   "must be 0 (weights)");
      check_weights(transfer, part);
      part.require(bytes_of(program_, transfer) == bytes, "bursts", transfer.bursts,
                   "must be those of the weight image");
    }
  }

  void check_tile(std::size_t index) {
    const TileSetup& setup = program_.tiles[index];
    const Tile& tile = program_.schedule.tiles[index];
    Moved moved;
    for (std::uint64_t i = 0; i < setup.reads; ++i) check_read(index, setup.read_begin + i, moved);
    for (std::uint64_t i = 0; i < setup.outputs; ++i)
      check_output(index, setup.output_begin + i, moved);
    const ProgramPart part(where_, fmt::format("tile {}", index));
    const char* const rule = "must be what its transfers move";
    part.require(tile.weight_bytes == moved.weights, "weight_bytes", tile.weight_bytes, rule);
    part.require(tile.input_bytes == moved.inputs, "input_bytes", tile.input_bytes, rule);
    part.require(tile.output_bytes == moved.outputs, "output_bytes", tile.output_bytes, rule);
    part.require(moved.weight_transfers <= 1, "reads", setup.reads,
                 "must have one transfer of weights at most");
  }

 private:
  static unsigned kind(const Transfer& transfer) { return static_cast<unsigned>(transfer.kind); }

  [[nodiscard]] ProgramPart part_of(std::uint64_t index) const {
    return {where_, fmt::format("transfer {}", index)};
  }

  void check_read(std::size_t tile, std::uint64_t index, Moved& moved) const {
    const Transfer& transfer = program_.transfers[index];
    const ProgramPart part = part_of(index);
    switch (transfer.kind) {
      case TransferKind::kWeights:
        part.require(!program_.schedule.weights_resident, "kind", kind(transfer),
                     "must not be 0 (weights) of a tile: the weight buffer holds them all");
        check_weights(transfer, part);
        moved.weights += bytes_of(program_, transfer);
        ++moved.weight_transfers;
        return;
      case TransferKind::kImages:
      case TransferKind::kInput:
        check_input(tile, transfer, part);
        break;
      case TransferKind::kResidual:
        check_residual(tile, transfer, part);
        break;
      case TransferKind::kOutput:
        part.fail("kind", "4", "must not be 4 (output): the tile reads it");
    }
    moved.inputs += bytes_of(program_, transfer);
  }

  /// Both ends: `dram` and `bank` are where they may lie.
  void check_ends(const Transfer& transfer, const ByteSpan& dram, const ByteSpan& bank,
                  const ProgramPart& part) const {
    const std::uint64_t bytes = bytes_of(program_, transfer);
    part.require(transfer.bursts >= 1, "bursts", transfer.bursts, "must be at least 1");
    part.require(whole_bursts(program_, transfer.dram), "dram", transfer.dram,
                 "must be a multiple of the burst");
    part.require(dram.holds(transfer.dram, bytes), "dram", transfer.dram,
                 "must leave its bursts in the part of DRAM for its kind");
    part.require(whole_bursts(program_, transfer.address), "address", transfer.address,
                 "must be a multiple of the burst");
    part.require(bank.holds(transfer.address, bytes), "address", transfer.address,
                 "must leave its bursts in the bank's slot for its kind");
    if (transfer.kind == TransferKind::kOutput) return;
    part.require(transfer.skip == 0 && transfer.bytes == 0, "skip and bytes",
                 fmt::format("{} and {}", transfer.skip, transfer.bytes),
                 "must be 0 where DRAM is read");
  }

  void check_no_banks(const Transfer& transfer, const ProgramPart& part) const {
    part.require(transfer.banks == 0, "banks", transfer.banks,
                 "must be 0 but for the input buffer");
  }

  void check_bus(const Transfer& transfer, const ProgramPart& part) const {
    check_no_banks(transfer, part);
    part.require(transfer.bank_begin < program_.array.row_buses(), "bank_begin",
                 transfer.bank_begin, "must be one of the array's row buses");
  }

  void check_weights(const Transfer& transfer, const ProgramPart& part) const {
    check_no_banks(transfer, part);
    part.require(transfer.bank_begin == 0, "bank_begin", transfer.bank_begin,
                 "must be 0 for the weight buffer");
    part.require(transfer.address == 0, "address", transfer.address,
                 "must be 0 for the weight buffer");
    part.require(!transfer.per_batch, "per_batch", transfer.per_batch, "must be false for weights");
    const std::uint64_t begin = program_.memory.weights;
    const std::uint64_t room =
        program_.schedule.weights_resident ? program_.array.weight_bytes : program_.slots.weights;
    check_ends(transfer, {begin, begin + program_.weights.size()}, {0, room}, part);
  }

  void check_input(std::size_t index, const Transfer& transfer, const ProgramPart& part) const {
    const TileSetup& setup = program_.tiles[index];
    const std::uint32_t layer = program_.schedule.tiles[index].layer;
    const bool images = transfer.kind == TransferKind::kImages;
    part.require(
        setup.new_block && setup.input == (images ? InputSource::kImage : InputSource::kBlock),
        "kind", kind(transfer), "must be 1 (images) or 2 (input) as the tile's new block asks");
    part.require(transfer.per_batch == (layer == 0), "per_batch", transfer.per_batch,
                 "must be true for images alone");
    const std::uint64_t banks = program_.bank_numbers.size();
    part.require(transfer.banks >= 1 && transfer.bank_begin <= banks &&
                     transfer.banks <= banks - transfer.bank_begin,
                 "banks", transfer.banks, "must be at least 1, and in bank_numbers");
    const std::uint32_t source = program_.input_of(program_.schedule.tiles[index]).source;
    check_ends(transfer, layer == 0 ? images_span(program_) : map_span(program_, source),
               images ? ByteSpan{0, program_.slots.images} : block_slot(program_), part);
  }

  /// From the map of some earlier layer.
  void check_residual(std::size_t index, const Transfer& transfer, const ProgramPart& part) const {
    part.require(program_.tiles[index].new_residual_block, "kind", kind(transfer),
                 "must not be 3 (residual) where the tile has no new residual block");
    part.require(!transfer.per_batch, "per_batch", transfer.per_batch,
                 "must be true for images alone");
    check_bus(transfer, part);
    ByteSpan source;
    for (std::size_t i = 0; i < program_.schedule.tiles[index].layer; ++i) {
      if (program_.schedule.output_in_dram[i] == 0) continue;
      const ByteSpan map = map_span(program_, i);
      if (map.holds(transfer.dram, bytes_of(program_, transfer))) source = map;
    }
    check_ends(transfer, source, {0, program_.slots.residual}, part);
  }

  void check_output(std::size_t index, std::uint64_t number, Moved& moved) const {
    const Transfer& transfer = program_.transfers[number];
    const ProgramPart part = part_of(number);
    const std::uint32_t layer = program_.schedule.tiles[index].layer;
    const bool logits = program_.layers[layer].role == LayerRole::kClassifier;
    part.require(transfer.kind == TransferKind::kOutput, "kind", kind(transfer),
                 "must be 4 (output): the tile writes it");
    part.require(transfer.per_batch == logits, "per_batch", transfer.per_batch,
                 "must be true for logits alone");
    check_bus(transfer, part);
    check_ends(transfer, logits ? logits_span(program_) : map_span(program_, layer),
               {0, program_.slots.output}, part);
    const std::uint64_t bytes = bytes_of(program_, transfer);
    part.require(transfer.skip < program_.array.dram_burst_bytes, "skip", transfer.skip,
                 "must be below the burst");
    part.require(transfer.bytes >= 1 && std::uint64_t{transfer.skip} + transfer.bytes <= bytes,
                 "bytes", transfer.bytes, "must be at least 1, and in its bursts");
    moved.outputs += bytes;
  }

  const TileProgram& program_;
  const std::string& where_;
};

}  // namespace

void validate_transfers(const TileProgram& program, const std::string& where) {
  TransferRules rules(program, where);
  rules.check_initial();
  for (std::size_t t = 0; t < program.tiles.size(); ++t) rules.check_tile(t);
}

}  // namespace colcomb
