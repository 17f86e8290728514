#include <optional>

#include "colcomb/base/random.hpp"
#include "tests/rtl/blocks/block_list.hpp"

namespace colcomb::tests {
namespace {

constexpr std::uint32_t kOkay = 0;
constexpr std::uint32_t kSlaveError = 2;

// Registers by number, docs/reference/rtl-machine.md.
constexpr std::uint32_t kControl = 0;
constexpr std::uint32_t kStatus = 1;
constexpr std::uint32_t kBatches = 2;
constexpr std::uint32_t kClocksLow = 3;
constexpr std::uint32_t kClocksHigh = 4;

/// A host with writes and reads of any registers, whose five channels wait as long as they like,
/// and which keeps valid and what comes with it until it is taken; a machine that finishes some
/// time. What it expects follows from the register map, not from a block of the simulator.
class AxiRegistersModel : public BlockModel {
 public:
  AxiRegistersModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        batch_bits_(parameters.at("BatchBits")),
        address_bits_(parameters.at("AddressBits")),
        start_after_(random_.below(300)),
        runs_for_(1 + random_.below(1000)) {}

  std::vector<Wire> inputs() const override {
    return {{"awvalid", 1}, {"awaddr", address_bits_},
            {"wvalid", 1},  {"wdata", 32},
            {"wstrb", 4},   {"bready", 1},
            {"arvalid", 1}, {"araddr", address_bits_},
            {"rready", 1},  {"finished", 1}};
  }
  std::vector<Wire> outputs() const override {
    return {{"awready", 1}, {"wready", 1}, {"bvalid", 1}, {"bresp", 2}, {"arready", 1},
            {"rvalid", 1},  {"rdata", 32}, {"rresp", 2},  {"start", 1}, {"batches", batch_bits_}};
  }

  void clock(WireValues& in, WireValues& out) override {
    offer();
    const bool write_ready = random_.below(3) != 0;
    const bool read_ready = random_.below(3) != 0;
    const bool finished = start_clock_ && clock_ > *start_clock_ + runs_for_;
    in.put(address_ ? 1 : 0);
    in.put(address_.value_or(0), address_bits_);
    in.put(data_ ? 1 : 0);
    in.put(data_ ? data_->value : 0, 32);
    in.put(data_ ? data_->bytes : 0, 4);
    in.put(write_ready);
    in.put(read_ ? 1 : 0);
    in.put(read_.value_or(0), address_bits_);
    in.put(read_ready);
    in.put(finished);

    // What the clock takes, from what stands before it.
    const bool writes = address_ && data_ && (!answer_ || write_ready);
    const bool reads = read_ && (!value_ || read_ready);
    const bool running = running_;
    if (reads) {
      value_ = look_up(*read_ / 4);
    } else if (read_ready) {
      value_.reset();
    }
    starting_ = false;
    if (running && finished) running_ = false;
    if (running && finished) finished_ = true;
    if (running && !finished) ++clocks_;
    if (start_clock_ && *start_clock_ + 1 == clock_) running_ = true;
    if (writes) {
      answer_ = write(*address_ / 4, *data_);
    } else if (write_ready) {
      answer_.reset();
    }
    // The host gives new ones after the edge; until then the wires stand, and with them what is a
    // function of them.
    const bool takes_write = address_ && data_ && (!answer_ || write_ready);
    out.put(takes_write);
    out.put(takes_write);
    out.put(answer_ ? 1 : 0);
    out.put_if(answer_.has_value(), answer_.value_or(0), 2);
    out.put(!value_ || read_ready);
    out.put(value_ ? 1 : 0);
    out.put_if(value_.has_value(), value_ ? value_->value : 0, 32);
    out.put_if(value_.has_value(), value_ ? value_->answer : 0, 2);
    out.put(starting_);
    out.put(batches_, batch_bits_);
    if (writes) address_.reset();
    if (writes) data_.reset();
    if (reads) read_.reset();
    ++clock_;
  }

 private:
  struct Data {
    std::uint32_t value = 0;
    std::uint32_t bytes = 0;  // a bit for each
  };
  struct Value {
    std::uint32_t value = 0;
    std::uint32_t answer = kOkay;
  };

  [[nodiscard]] std::uint64_t some_address() {
    return random_.below(std::uint64_t{1} << address_bits_) >> (random_.below(2) * 2);
  }

  /// Each channel on its own, so that a write's address comes before its data, or behind them.
  void offer() {
    if (!address_ && random_.below(3) == 0) address_ = some_address();
    if (!data_ && random_.below(3) == 0) {
      data_ = {static_cast<std::uint32_t>(random_.bits()),
               static_cast<std::uint32_t>(random_.below(16))};
      // The machine is not started by chance at the very beginning.
      if (clock_ < start_after_) data_->value &= ~1U;
    }
    if (!read_ && random_.below(2) == 0) read_ = some_address();
  }

  [[nodiscard]] Value look_up(std::uint64_t number) {
    switch (number) {
      case kControl:
        return {0, kOkay};
      case kStatus:
        return {finished_ ? 2U : start_clock_ ? 1U : 0U, kOkay};
      case kBatches:
        return {batches_, kOkay};
      case kClocksLow:
        high_ = static_cast<std::uint32_t>(clocks_ >> 32U);
        return {static_cast<std::uint32_t>(clocks_), kOkay};
      case kClocksHigh:
        return {high_, kOkay};
      default:
        return {0, kSlaveError};
    }
  }

  [[nodiscard]] std::uint32_t write(std::uint64_t number, const Data& data) {
    if (number != kControl && number != kBatches) return kSlaveError;
    if (start_clock_) return kOkay;
    if (number == kControl) {
      starting_ = (data.bytes & 1U) != 0 && (data.value & 1U) != 0;
      if (starting_) start_clock_ = clock_;
      return kOkay;
    }
    std::uint32_t written = batches_;
    for (std::uint32_t byte = 0; byte < 4; ++byte) {
      const std::uint32_t mask = 0xffU << (8 * byte);
      if ((data.bytes >> byte & 1U) != 0) written = (written & ~mask) | (data.value & mask);
    }
    batches_ = static_cast<std::uint32_t>(written & ((std::uint64_t{1} << batch_bits_) - 1));
    return kOkay;
  }

  Random random_;
  std::size_t batch_bits_;
  std::size_t address_bits_;
  std::uint64_t start_after_;
  std::uint64_t runs_for_;
  std::uint64_t clock_ = 0;
  // What the host offers.
  std::optional<std::uint64_t> address_;
  std::optional<Data> data_;
  std::optional<std::uint64_t> read_;
  // What the registers answer.
  std::optional<std::uint32_t> answer_;
  std::optional<Value> value_;
  std::optional<std::uint64_t> start_clock_;  // in which the start was taken
  bool starting_ = false;
  bool running_ = false;
  bool finished_ = false;
  std::uint32_t batches_ = 1;
  std::uint32_t high_ = 0;
  std::uint64_t clocks_ = 0;
};

}  // namespace

std::unique_ptr<BlockModel> make_axi_registers(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<AxiRegistersModel>(parameters, seed);
}

}  // namespace colcomb::tests
