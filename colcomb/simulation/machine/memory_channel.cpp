#include "colcomb/simulation/machine/memory_channel.hpp"

#include <algorithm>
#include <cstring>

#include "colcomb/base/check.hpp"

namespace colcomb::simulation::machine {

MemoryChannel::MemoryChannel(const TileProgram& program, std::span<const std::uint8_t> images)
    : program_(program),
      dram_(program.memory.batches),
      batches_(images.size() / program.memory.logits),
      width_(program.array.dram_bytes_per_clock),
      now_word_(width_),
      next_word_(width_) {
  COLCOMB_CHECK(batches_ > 0 && images.size() % program.memory.logits == 0,
                "images must be whole batches");
  std::ranges::copy(program.weights,
                    dram_.begin() + static_cast<std::ptrdiff_t>(program.memory.weights));
  // Images alone: logits are kept apart, so that batches without end take no room.
  dram_.insert(dram_.end(), images.begin(), images.end());
  skip_empty();
  now_.out.fetched = now_.tile;
  next_ = now_;
}

std::span<const Transfer> MemoryChannel::reads(std::uint64_t tile) const {
  return std::span(program_.transfers).subspan(setup(tile).read_begin, setup(tile).reads);
}

std::span<const Transfer> MemoryChannel::initial(std::uint64_t tile) const {
  return tile == 0 ? std::span<const Transfer>(program_.initial) : std::span<const Transfer>();
}

std::size_t MemoryChannel::read_count(std::uint64_t tile) const {
  return initial(tile).size() + reads(tile).size();
}

const Transfer& MemoryChannel::read_transfer(std::uint64_t tile, std::size_t index) const {
  const auto first = initial(tile);
  return index < first.size() ? first[index] : reads(tile)[index - first.size()];
}

/// Outputs of which tiles go before what a tile reads: those whose slot it takes, or all.
std::uint64_t MemoryChannel::write_end(std::uint64_t tile) const {
  if (setup(tile).fetch_after_all) return tile;
  return tile - std::min<std::uint64_t>(tile, program_.schedule.slots - 1);
}

/// Goes on to the next tile that has outputs to write.
void MemoryChannel::skip_written(State& state, std::uint64_t end) const {
  while (state.unwritten < end && setup(state.unwritten).outputs == 0) ++state.unwritten;
}

/// Tiles that need nothing have it as soon as those before them. Every batch has logits to write,
/// so this ends.
void MemoryChannel::skip_empty() {
  while (read_count(now_.tile) == 0) {
    const std::uint64_t end = write_end(now_.tile);
    skip_written(now_, end);
    if (now_.unwritten < end) return;
    now_.input_turn = now_.input_turn != setup(now_.tile).new_block;
    now_.residual_turn = now_.residual_turn != setup(now_.tile).new_residual_block;
    ++now_.tile;
  }
}

bool MemoryChannel::may_start(const In& in) const {
  if (setup(now_.tile).fetch_after_all) return in.done >= now_.tile;
  const std::uint64_t slots = program_.schedule.slots;
  if (now_.tile < slots) return true;
  const std::uint64_t before = now_.tile - slots;
  return setup(before).outputs > 0 ? in.done > before : in.ended > before;
}

void MemoryChannel::begin_tile() {
  next_.write_end = write_end(now_.tile);
  next_.input_turn = now_.input_turn != setup(now_.tile).new_block;
  next_.residual_turn = now_.residual_turn != setup(now_.tile).new_residual_block;
  next_.transfer = 0;
  next_.word = 0;
  next_.phase = Phase::kWriting;
}

/// Whether the turns' slots or the weights' come on top of a transfer's address.
std::uint64_t MemoryChannel::place(const Transfer& transfer, std::uint64_t tile) const {
  const SlotBytes& slots = program_.slots;
  switch (transfer.kind) {
    case TransferKind::kWeights:
      return transfer.address +
             (slots.weights > 0 ? tile % program_.schedule.slots * slots.weights : 0);
    case TransferKind::kImages:
      return transfer.address + (next_.input_turn ? slots.images : 0);
    case TransferKind::kInput:
      return transfer.address + (next_.input_turn ? slots.input : 0);
    case TransferKind::kResidual:
      return transfer.address + (next_.residual_turn ? slots.residual : 0);
    case TransferKind::kOutput:
      break;
  }
  return transfer.address + (next_.output_turn ? slots.output : 0);
}

/// One word from the output buffer; its bytes arrive two clocks later.
void MemoryChannel::move_write() {
  const TileSetup& writer = setup(next_.unwritten);
  if (next_.transfer == 0 && next_.word == 0) next_.output_turn = !next_.output_turn;
  const Transfer& transfer = program_.transfers[writer.output_begin + next_.transfer];
  const std::uint64_t offset = next_.word * width_;
  next_.out.read = true;
  next_.out.bus = transfer.bank_begin;
  next_.out.read_address = place(transfer, next_.unwritten) + offset;
  const std::uint64_t batch = next_.unwritten / program_.tiles.size();
  const std::uint64_t begin = std::max<std::uint64_t>(transfer.skip, offset);
  const std::uint64_t end =
      std::min<std::uint64_t>(transfer.skip + transfer.bytes, offset + width_);
  Arriving& arriving = next_.arriving[0];
  arriving.valid = true;
  arriving.dram =
      transfer.dram + (transfer.per_batch ? batch * program_.memory.batch_bytes : 0) + offset;
  arriving.skip = static_cast<std::uint32_t>(std::min<std::uint64_t>(begin - offset, width_));
  arriving.bytes = static_cast<std::uint32_t>(end > begin ? end - begin : 0);
  moved_of(next_.unwritten).written += width_;
  if (++next_.word * width_ < std::uint64_t{transfer.bursts} * program_.array.dram_burst_bytes)
    return;
  next_.word = 0;
  if (++next_.transfer < writer.outputs) return;
  next_.transfer = 0;
  ++next_.unwritten;
}

/// Where the images of batches beyond the last, run to find the interval, are read: they repeat it.
std::uint64_t MemoryChannel::batch_address(std::uint64_t address) const {
  const std::uint64_t batch = std::min(now_.tile / program_.tiles.size(), batches_ - 1);
  return address + batch * program_.memory.logits;
}

void MemoryChannel::move_read() {
  const Transfer& transfer = read_transfer(now_.tile, now_.transfer);
  const std::uint64_t offset = now_.word * width_;
  const std::uint64_t from =
      (transfer.per_batch ? batch_address(transfer.dram) : transfer.dram) + offset;
  COLCOMB_CHECK(from + width_ <= dram_.size(), "a read outside the external memory");
  std::memcpy(next_word_.data(), dram_.data() + from, width_);
  if (probe_ != nullptr) probe_->access("DRAM", "read", from);
  next_.out.write = true;
  next_.out.kind = transfer.kind;
  next_.out.address = place(transfer, now_.tile) + offset;
  next_.out.bank_begin = transfer.bank_begin;
  next_.out.banks = transfer.banks;
  moved_of(now_.tile).read += width_;
  if (++next_.word * width_ < std::uint64_t{transfer.bursts} * program_.array.dram_burst_bytes)
    return;
  next_.word = 0;
  ++next_.transfer;
}

MemoryChannel::Moved& MemoryChannel::moved_of(std::uint64_t tile) {
  if (moved_.size() <= tile) moved_.resize(tile + 1);
  return moved_[tile];
}

MemoryChannel::Moved MemoryChannel::moved(std::uint64_t tile) const {
  return tile < moved_.size() ? moved_[tile] : Moved{};
}

void MemoryChannel::finish_tile() {
  next_.phase = Phase::kWaiting;
  ++next_.tile;
}

void MemoryChannel::compute(const In& in) {
  next_ = now_;
  next_.out.write = next_.out.read = false;
  next_.arriving[1] = now_.arriving[0];
  next_.arriving[0] = {};
  if (now_.arriving[1].valid) store(now_.arriving[1], in.output);
  if (now_.phase == Phase::kWaiting) {
    if (!may_start(in)) return;
    begin_tile();
  }
  if (next_.phase == Phase::kWriting) {
    skip_written(next_, next_.write_end);
    const bool writes = next_.unwritten < next_.write_end;
    if (writes) {
      move_write();
      skip_written(next_, next_.write_end);
      if (next_.unwritten < next_.write_end) return;
    }
    begin_reads();
    if (writes) return;
  }
  if (next_.phase == Phase::kLatency) {
    --next_.left;
    if (next_.left == 0) next_.phase = Phase::kReading;
    return;
  }
  if (now_.phase != Phase::kReading) return;
  move_read();
  if (next_.transfer == read_count(now_.tile)) finish_tile();
}

void MemoryChannel::begin_reads() {
  next_.transfer = 0;
  next_.word = 0;
  if (read_count(now_.tile) == 0) {
    finish_tile();
    return;
  }
  next_.left = program_.array.dram_latency;
  next_.phase = Phase::kLatency;
}

void MemoryChannel::store(const Arriving& arriving, const std::uint8_t* bytes) {
  COLCOMB_CHECK(bytes != nullptr, "the output buffer gave nothing");
  if (probe_ != nullptr) probe_->access("DRAM", "write", arriving.dram);
  const MemoryMap& memory = program_.memory;
  const std::uint64_t to = arriving.dram + arriving.skip;
  if (arriving.dram < memory.batches) {
    COLCOMB_CHECK(to + arriving.bytes <= memory.batches, "a write outside the maps");
    std::memcpy(dram_.data() + to, bytes + arriving.skip, arriving.bytes);
    return;
  }
  const std::uint64_t batch = (arriving.dram - memory.batches) / memory.batch_bytes;
  const std::uint64_t within = to - memory.batches - batch * memory.batch_bytes;
  COLCOMB_CHECK(within >= memory.logits && within + arriving.bytes <= memory.batch_bytes,
                "a write outside the logits");
  while (logits_.size() <= batch) logits_.emplace_back(memory.batch_bytes - memory.logits);
  std::memcpy(logits_[batch].data() + (within - memory.logits), bytes + arriving.skip,
              arriving.bytes);
}

std::vector<std::int32_t> MemoryChannel::logits(std::uint64_t batch) const {
  const LayerSetup& classifier = program_.layers.back();
  const std::size_t images = program_.array.batch;
  const std::size_t plane =
      (program_.memory.batch_bytes - program_.memory.logits) / classifier.filters;
  std::vector<std::int32_t> result;
  for (std::size_t filter = 0; filter < classifier.filters; ++filter) {
    for (std::size_t image = 0; image < images; ++image) {
      std::int32_t value = 0;
      std::memcpy(&value, logits_.at(batch).data() + filter * plane + 4 * image, 4);
      result.push_back(value);
    }
  }
  return result;
}

void MemoryChannel::commit() {
  const bool finished = next_.tile != now_.tile;
  now_ = next_;
  now_word_ = next_word_;
  if (finished) skip_empty();
  now_.out.fetched = now_.tile;
}

}  // namespace colcomb::simulation::machine
