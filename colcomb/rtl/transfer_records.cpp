#include "colcomb/rtl/transfer_records.hpp"

namespace colcomb::rtl {
namespace {

/// What both kinds of records have of a transfer.
void set_common(const ArrayConfig& array, const TransferList::Entry& entry, Values& values) {
  const Transfer transfer = entry.transfer == nullptr ? Transfer{} : *entry.transfer;
  values.set("tile_last", entry.tile_last);
  values.set("next_distance", entry.next_distance);
  values.set("per_batch", transfer.per_batch);
  values.set("turn", entry.turn);
  values.set("turn_flips", entry.turn_flips);
  values.set("words", transfer_words(array, transfer));
  values.set_modulo("slot", static_cast<std::int64_t>(entry.slot));
  values.set_modulo("address", transfer.address);
  values.set("dram", transfer.dram);
}

/// The banks that take a copy of what the transfer reads: columns of the input buffer, the row bus
/// of the residual input buffer.
Bits banks_of(const TileProgram& program, const TransferList::Entry& entry, std::size_t count) {
  Bits banks(count);
  if (entry.transfer == nullptr) return banks;
  const Transfer& transfer = *entry.transfer;
  if (transfer.kind == TransferKind::kResidual) banks[transfer.bank_begin] = true;
  if (transfer.kind != TransferKind::kImages && transfer.kind != TransferKind::kInput) return banks;
  for (std::uint32_t b = transfer.bank_begin; b < transfer.bank_begin + transfer.banks; ++b)
    banks[program.bank_numbers[b]] = true;
  return banks;
}

}  // namespace

std::vector<Bits> read_records(const TileProgram& program, const Bundles& bundles,
                               const TransferList& list) {
  const Bundle& bundle = bundles.read_record;
  std::vector<Bits> records;
  for (const TransferList::Entry& entry : list.reads()) {
    const auto is = [&entry](TransferKind kind) {
      return entry.transfer != nullptr && entry.transfer->kind == kind;
    };
    Values values(bundle);
    set_common(program.array, entry, values);
    values.set("last", &entry == &list.reads().back());
    values.set("none", entry.none);
    values.set("after_all", entry.after_all);
    values.set("before_outputs", entry.before_outputs);
    values.set("to_weights", is(TransferKind::kWeights));
    values.set("to_input", is(TransferKind::kImages) || is(TransferKind::kInput));
    values.set("to_residual", is(TransferKind::kResidual));
    values.set_bits("banks", banks_of(program, entry, bundle.fields()[bundle.index("banks")].bits));
    records.push_back(values.bits());
  }
  return records;
}

std::vector<Bits> write_records(const TileProgram& program, const Bundles& bundles,
                                const TransferList& list) {
  std::vector<Bits> records;
  for (const TransferList::Entry& entry : list.writes()) {
    const Transfer transfer = entry.transfer == nullptr ? Transfer{} : *entry.transfer;
    Values values(bundles.write_record);
    set_common(program.array, entry, values);
    values.set("last", &entry == &list.writes().back());
    values.set("next_after_one", entry.next_after_one);
    values.set("next_after_slots", entry.next_after_slots);
    values.set("bus", transfer.bank_begin);
    values.set("skip", transfer.skip);
    values.set("end", std::uint64_t{transfer.skip} + transfer.bytes);
    records.push_back(values.bits());
  }
  return records;
}

}  // namespace colcomb::rtl
