#include <algorithm>
#include <deque>

#include "colcomb/base/random.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/simulation/machine/memory_channel.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/machine_program.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::MemoryChannel;

constexpr std::size_t kBatchBits = 16;

/// The DRAM words that the program moves in one direction, in order, batch after batch.
class DramWords {
 public:
  struct Word {
    std::uint64_t address = 0;
    std::vector<bool> written;  // per byte
  };

  DramWords(const TileProgram& program, bool writes, std::uint64_t batches)
      : program_(program), writes_(writes), batches_(batches) {
    add_tile();
  }

  Word next() {
    while (transfer_ == transfers_.size()) {
      if (++tile_ == program_.tiles.size()) {
        tile_ = 0;
        ++batch_;
      }
      add_tile();
    }
    const Transfer& transfer = *transfers_[transfer_];
    const std::uint64_t width = program_.array.dram_bytes_per_clock;
    const std::uint64_t offset = word_ * width;
    const std::uint64_t batch = writes_ ? batch_ : std::min(batch_, batches_ - 1);
    Word word;
    word.address =
        transfer.dram + offset + (transfer.per_batch ? batch * program_.memory.batch_bytes : 0);
    for (std::uint64_t byte = offset; byte < offset + width; ++byte)
      word.written.push_back(byte >= transfer.skip &&
                             byte < std::uint64_t{transfer.skip} + transfer.bytes);
    if (++word_ * width == transfer.bursts * std::uint64_t{program_.array.dram_burst_bytes}) {
      word_ = 0;
      ++transfer_;
    }
    return word;
  }

 private:
  void add_tile() {
    transfers_.clear();
    transfer_ = 0;
    const TileSetup& setup = program_.tiles[tile_];
    if (!writes_ && tile_ == 0 && batch_ == 0)
      for (const Transfer& transfer : program_.initial) transfers_.push_back(&transfer);
    const std::uint32_t begin = writes_ ? setup.output_begin : setup.read_begin;
    for (std::uint32_t t = begin; t < begin + (writes_ ? setup.outputs : setup.reads); ++t)
      transfers_.push_back(&program_.transfers[t]);
  }

  const TileProgram& program_;
  bool writes_;
  std::uint64_t batches_;  // behind the last one images are read as those of the last
  std::uint64_t batch_ = 0;
  std::size_t tile_ = 0;
  std::vector<const Transfer*> transfers_;  // of the tile
  std::size_t transfer_ = 0;
  std::uint64_t word_ = 0;
};

/// Loads the program's records, starts, and tells of tiles that are sent and done. A request shows
/// what the simulator's channel does the latency later, so that runs so many clocks ahead.
class MemoryChannelModel : public BlockModel {
 public:
  MemoryChannelModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        program_(random_program(parameters.at("program"))),
        parameters_(machine_parameters_of(program_, parameters)),
        images_(memory_images(program_, parameters_)),
        bundles_(parameters_),
        width_(program_.array.dram_bytes_per_clock),
        batches_(batches_of(parameters)),
        batch_bytes_(random_bytes(batches_ * program_.memory.logits)),
        channel_(program_, batch_bytes_),
        reads_(program_, false, batches_),
        writes_(program_, true, batches_),
        outputs_(random_bytes(program_.array.row_buses() * width_)) {
    for (const rtl::MemoryImage* image : {&images_.read, &images_.write})
      for (std::size_t i = 0; i < image->words.size(); ++i) records_.push_back({image, i});
    initial_ = channel_.out().fetched;
  }

  std::vector<Wire> inputs() const override {
    return {{"load_read", 1},
            {"load_write", 1},
            {"load_index", index_bits(std::max(parameters_.Reads, parameters_.Writes))},
            {"load_record", record_bits()},
            {"read_restart", index_bits(parameters_.Reads)},
            {"batch_bytes", parameters_.DramBits},
            {"two_slots", 1},
            {"batches", kBatchBits},
            {"start", 1},
            {"ended", parameters_.CounterBits},
            {"done", 1},
            {"output", 8 * outputs_.size()},
            {"dram_word", 8 * width_}};
  }
  std::vector<Wire> outputs() const override {
    return {{"fetched", parameters_.CounterBits},
            {"finished", 1},
            {"write_weights", 1},
            {"write_input", 1},
            {"write_residual", 1},
            {"address", parameters_.AddressBits},
            {"banks", parameters_.BankBits},
            {"word", 8 * width_},
            {"read", 1},
            {"bus", parameters_.BusBits},
            {"read_address", parameters_.AddressBits},
            {"dram_read", 1},
            {"dram_read_address", parameters_.DramBits},
            {"dram_write", 1},
            {"dram_write_address", parameters_.DramBits},
            {"dram_mask", width_},
            {"dram_word", 8 * width_}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loads = clock_ < records_.size();
    const std::size_t start = records_.size() + 2;
    for (const rtl::MemoryImage* image : {&images_.read, &images_.write})
      in.put(loads && records_[clock_].image == image);
    in.put(loads ? records_[clock_].index : 0,
           index_bits(std::max(parameters_.Reads, parameters_.Writes)));
    put_bits(in, loads ? records_[clock_].image->words[records_[clock_].index] : rtl::Bits{},
             record_bits());
    in.put(images_.read_restart, index_bits(parameters_.Reads));
    in.put(program_.memory.batch_bytes, parameters_.DramBits);
    in.put(program_.schedule.slots == 2);
    in.put(batches_, kBatchBits);
    in.put(clock_ == start);
    Clock now;
    if (clock_ == start) now.out.fetched = initial_;
    if (clock_ > start) {
      while (ahead_.size() <= program_.array.dram_latency) run();
      now = ahead_.front();
      ahead_.pop_front();
    } else {
      now.outputs = random_bytes(outputs_.size());
      now.word = random_bytes(width_);
    }
    in.put(now.ended, parameters_.CounterBits);
    in.put(now.done);
    for (const std::uint8_t byte : now.outputs) in.put(byte, 8);
    for (const std::uint8_t byte : now.word) in.put(byte, 8);
    ++clock_;
    put_outputs(out, now);
  }

 private:
  struct Record {
    const rtl::MemoryImage* image;
    std::size_t index;
  };
  /// Inputs, and what is shown after the clock.
  struct Clock {
    std::uint64_t ended = 0;
    bool done = false;
    std::vector<std::uint8_t> outputs;  // of the output buffer's buses, as the next clock has them
    std::vector<std::uint8_t> word;     // from DRAM
    MemoryChannel::Out out;
    bool finished = false;
    bool stores = false;  // a word to DRAM:
    std::size_t store_bus = 0;
  };

  [[nodiscard]] std::size_t record_bits() const {
    return std::max(bundles_.read_record.bits(), bundles_.write_record.bits());
  }
  [[nodiscard]] static std::size_t index_bits(std::size_t count) {
    std::size_t bits = 1;
    while (std::size_t{1} << bits < count) ++bits;
    return bits;
  }
  [[nodiscard]] std::vector<std::uint8_t> random_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_.below(256));
    return bytes;
  }

  /// One clock of the simulator's channel. Tiles are sent after they are fetched and done after
  /// they are sent, as soon as they may be or later.
  void run() {
    if (random_.below(300) == 0) {
      end_pace_ = random_.below(3) * random_.below(60);
      done_pace_ = random_.below(3) * random_.below(60);
    }
    Clock now;
    if (ended_ < channel_.out().fetched && random_.below(end_pace_ + 1) == 0) ++ended_;
    now.ended = ended_;
    now.done = done_ < ended_ && random_.below(done_pace_ + 1) == 0;
    done_ += now.done ? 1 : 0;
    const bool stores = channel_.out().read;
    const std::size_t bus = channel_.out().bus;
    channel_.compute({ended_, done_, outputs_.data() + store_bus_ * width_});
    channel_.commit();
    now.out = channel_.out();
    now.finished = channel_.written(batches_ * program_.tiles.size());
    now.word = now.out.write ? std::vector(channel_.word().begin(), channel_.word().end())
                             : random_bytes(width_);
    now.stores = stores;
    now.store_bus = store_bus_ = bus;
    outputs_ = random_bytes(outputs_.size());
    now.outputs = outputs_;
    ahead_.push_back(std::move(now));
  }

  /// Behind the end the module begins no tile, and the simulator goes on.
  void put_outputs(WireValues& out, const Clock& now) {
    finished_ = finished_ || now.finished;
    const auto put = [&](bool given, std::uint64_t value, std::size_t bits) {
      out.put_if(given && !finished_, value, bits);
    };
    const MemoryChannel::Out& found = now.out;
    const bool image = found.kind == TransferKind::kImages || found.kind == TransferKind::kInput;
    put(true, found.fetched, parameters_.CounterBits);
    out.put(finished_);
    put(true, found.write && found.kind == TransferKind::kWeights, 1);
    put(true, found.write && image, 1);
    put(true, found.write && found.kind == TransferKind::kResidual, 1);
    put_banks(out, found);
    for (const std::uint8_t byte : now.word) put(found.write, byte, 8);
    put(true, found.read, 1);
    put(found.read, found.bus, parameters_.BusBits);
    put(found.read, found.read_address, parameters_.AddressBits);
    const bool requests = !ahead_.empty() && ahead_.back().out.write;
    const DramWords::Word read = requests ? reads_.next() : DramWords::Word{};
    put(true, requests, 1);
    put(requests, read.address, parameters_.DramBits);
    DramWords::Word written = now.stores ? writes_.next() : DramWords::Word{};
    written.written.resize(width_);
    put(true, now.stores, 1);
    put(now.stores, written.address, parameters_.DramBits);
    for (const bool byte : written.written) put(now.stores, byte ? 1 : 0, 1);
    for (std::size_t i = 0; i < width_; ++i)
      put(now.stores, now.stores ? now.outputs[now.store_bus * width_ + i] : 0, 8);
  }

  /// Address and banks come from a memory, which knows nothing before its first word.
  void put_banks(WireValues& out, const MemoryChannel::Out& found) {
    moved_ = moved_ || found.write;
    if (!moved_ || finished_)
      return out.put_unknown(parameters_.AddressBits + parameters_.BankBits);
    out.put_if(found.write, found.address, parameters_.AddressBits);
    std::vector<bool> banks(parameters_.BankBits);
    if (found.kind == TransferKind::kResidual) banks[found.bank_begin] = true;
    if (found.kind == TransferKind::kImages || found.kind == TransferKind::kInput)
      for (std::uint32_t b = found.bank_begin; b < found.bank_begin + found.banks; ++b)
        banks[program_.bank_numbers[b]] = true;
    for (const bool bank : banks) out.put_if(found.write, bank ? 1 : 0, 1);
  }

  Random random_;
  TileProgram program_;
  rtl::MachineParameters parameters_;
  rtl::MemoryImages images_;
  rtl::Bundles bundles_;
  std::size_t width_;
  std::uint64_t batches_;
  std::vector<std::uint8_t> batch_bytes_;  // of their images
  MemoryChannel channel_;
  DramWords reads_;
  DramWords writes_;
  std::vector<std::uint8_t> outputs_;
  std::uint64_t initial_ = 0;  // tiles that are fetched in clock 0
  std::vector<Record> records_;
  std::deque<Clock> ahead_;
  std::size_t clock_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t end_pace_ = 0;
  std::uint64_t done_pace_ = 0;
  std::size_t store_bus_ = 0;  // that was asked two clocks ago
  bool moved_ = false;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<BlockModel> make_memory_channel(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<MemoryChannelModel>(parameters, seed);
}

}  // namespace colcomb::tests
