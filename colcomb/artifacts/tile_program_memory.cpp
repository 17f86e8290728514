#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {
namespace {

constexpr std::uint64_t kMaxMemory = std::uint64_t{1} << 40U;

/// The parts of DRAM in order, each beginning with a burst and behind the one before.
class Layout {
 public:
  Layout(const TileProgram& program, const ProgramPart& part) : program_(program), part_(part) {}

  void add(const char* field, std::uint64_t begin, std::uint64_t bytes) {
    part_.require(whole_bursts(program_, begin), field, begin, "must be a multiple of the burst");
    part_.require(begin >= end_, field, begin,
                  "must lie behind the weight image and the maps before");
    part_.require(bytes <= kMaxMemory && begin <= kMaxMemory - bytes, field, begin,
                  "must end within 2^40 bytes");
    end_ = begin + bytes;
  }

 private:
  const TileProgram& program_;
  const ProgramPart& part_;
  std::uint64_t end_ = 0;
};

void validate_map(const TileProgram& program, const std::string& where) {
  const ProgramPart all(where, "");
  const MemoryMap& memory = program.memory;
  all.require(whole_bursts(program, program.weights.size()), "weights", program.weights.size(),
              "must be whole bursts");
  Layout layout(program, all);
  layout.add("memory.weights", memory.weights, program.weights.size());
  for (std::size_t i = 0; i < program.layers.size(); ++i) {
    if (program.schedule.output_in_dram[i] == 0) {
      all.require(memory.maps[i] == 0, "memory.maps", memory.maps[i],
                  "must be 0 for a map that is not in DRAM");
      continue;
    }
    layout.add("memory.maps", memory.maps[i], result_bytes(program, program.layers[i]));
  }
  const LayerSetup& first = program.layers.front();
  const std::uint64_t plane =
      in_bursts(program, program.array.batch * std::uint64_t{first.in_height} * first.in_width);
  const std::uint64_t planes =
      std::uint64_t{program.channels} * program.reshape_stride * program.reshape_stride;
  all.require(memory.logits == planes * plane, "memory.logits", memory.logits,
              "must be the bytes of a batch's images, each plane in whole bursts");
  const std::uint64_t logits = result_bytes(program, program.layers.back());
  all.require(memory.batch_bytes == memory.logits + logits, "memory.batch_bytes",
              memory.batch_bytes, "must be the bytes of a batch's images and logits");
  layout.add("memory.batches", memory.batches, memory.batch_bytes);
}

void validate_slots(const TileProgram& program, const std::string& where) {
  const ProgramPart all(where, "");
  const ArrayConfig& array = program.array;
  const SlotBytes& slots = program.slots;
  const auto check = [&](const char* field, std::uint64_t bytes, std::uint64_t room,
                         std::uint64_t turns) {
    all.require(whole_bursts(program, bytes), field, bytes, "must be whole bursts");
    all.require(bytes <= room / turns, field, bytes,
                "must fit a bank of its buffer as often as it is used in turns");
  };
  const std::uint64_t input = array.column_bank_bytes(array.input_bytes);
  check("slots.images", slots.images, input, 2);
  check("slots.input", slots.input, input - 2 * slots.images, 2);
  check("slots.residual", slots.residual, array.row_bank_bytes(array.residual_input_bytes), 2);
  check("slots.output", slots.output, array.row_bank_bytes(array.output_bytes), 2);
  const bool resident = program.schedule.weights_resident;
  all.require(slots.weights == (resident ? 0 : array.tile_bytes()), "slots.weights", slots.weights,
              "must be a full tile's bytes, 0 if the weight buffer holds all weights");
  check("slots.weights", slots.weights, array.weight_bytes, program.schedule.slots);
  if (resident) {
    all.require(program.weights.size() <= array.weight_bytes, "weights", program.weights.size(),
                "must fit the weight buffer, as the schedule says");
  }
}

void validate_vectors(const TileProgram& program, const std::string& where) {
  const ProgramPart all(where, "");
  const std::size_t columns = program.array.columns;
  const char* const rule = "must be as many for each column";
  all.require(program.lines.size() % columns == 0, "lines", program.lines.size(), rule);
  all.require(program.writes.size() % columns == 0, "writes", program.writes.size(), rule);
  for (const std::uint16_t bank : program.bank_numbers)
    all.require(bank < columns, "bank_numbers", bank, "must be below the array's columns");
}

}  // namespace

void validate_memory(const TileProgram& program, const std::string& where) {
  validate_map(program, where);
  validate_slots(program, where);
  validate_vectors(program, where);
}

}  // namespace colcomb
