#include <deque>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "colcomb/simulation/machine/row_output.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/one_cell.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::RowOutput;
using simulation::machine::WordToken;

/// A program whose layer f, with tile f, has f fraction bits.
TileProgram program_of(const ArrayConfig& config) {
  TileProgram program;
  program.array = config;
  for (std::uint32_t f = 0; f < config.accumulation_bits; ++f) {
    LayerSetup layer;
    layer.fraction_bits = f;
    program.layers.push_back(layer);
    Tile tile;
    tile.layer = f;
    tile.rows = 1;
    tile.last = true;
    program.schedule.tiles.push_back(tile);
    program.tiles.emplace_back();
  }
  return program;
}

/// An array of one cell without a weight hands accumulations through; its deserializer, and the
/// row's output block.
class ReluQuantModel : public BlockModel {
 public:
  ReluQuantModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        config_(one_cell(kind_of(parameters.at("Kind")), 1, parameters.at("AccBits"))),
        shape_(simulation::array_shape(config_)),
        program_(program_of(config_)),
        front_(simulation::make_front(shape_)),
        output_(program_, 0),
        pace_(random_, shape_.interval),
        idle_(shape_.streams, shape_.word_clocks) {}

  std::vector<Wire> inputs() const override {
    return {{"start", 1}, {"fraction_bits", 5}, {"acc", wires()}};
  }
  std::vector<Wire> outputs() const override {
    return {{"valid", 1},
            {"acc", shape_.accumulation_bits},
            {"byte", 8},
            {"whole", 1},
            {"byte_next", 8}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const simulation::CellOutputs cell = front_->outputs(0, 0);
    for (std::size_t& clocks : idle_) ++clocks;
    if (cell.start) {
      idle_[turn_] = 0;
      turn_ = (turn_ + 1) % shape_.streams;
    }
    in.put(cell.start);
    in.put(cell.start ? starting_ : random_.below(32), 5);
    put_acc(in, cell.acc);

    const bool whole = !front_->results().empty();
    if (whole) {
      token_.tile = words_.front();
      words_.pop_front();
    }
    token_.valid = whole;
    output_.compute({&token_, whole ? front_->results().front().value : 0});
    send();
    front_->step();
    output_.commit();
    out.put(output_.out().token.valid);
    out.put(output_.out().accumulation, shape_.accumulation_bits);
    out.put(output_.out().byte, 8);
    const bool follows = !front_->results().empty();
    out.put(follows);
    out.put_if(follows, follows ? next_byte() : 0, 8);
  }

 private:
  [[nodiscard]] std::size_t wires() const {
    return shape_.parallel ? shape_.accumulation_bits : shape_.streams;
  }

  /// Of the accumulation that is whole in the clock that follows.
  [[nodiscard]] std::uint8_t next_byte() const {
    return simulation::quantize_bits(front_->results().front().value, config_.accumulation_bits,
                                     words_.front());
  }

  /// Wires of streams without a word may carry anything.
  void put_acc(WireValues& in, std::uint32_t acc) {
    if (shape_.parallel) return in.put(acc, wires());
    for (std::size_t n = 0; n < shape_.streams; ++n)
      in.put(idle_[n] < shape_.word_clocks ? (acc >> n) & 1U : random_.below(2));
  }

  /// Accumulations of all magnitudes, positive and negative.
  void send() {
    if (!pace_.sends()) return;
    auto value = static_cast<std::uint32_t>(random_.bits() >> random_.below(64));
    if (random_.below(4) == 0) value = ~value;
    value &= ~0U >> (32 - shape_.accumulation_bits);
    starting_ = static_cast<std::uint32_t>(random_.below(shape_.accumulation_bits));
    words_.push_back(starting_);
    const std::uint8_t byte = 0;
    front_->put_word(0, {&byte, 1});
    front_->put_accumulation(0, value);
  }

  Random random_;
  ArrayConfig config_;
  simulation::ArrayShape shape_;
  TileProgram program_;
  std::unique_ptr<simulation::ArrayFront> front_;
  RowOutput output_;
  Pace pace_;
  WordToken token_;
  std::deque<std::uint32_t> words_;  // fraction bits of those on their way
  std::uint32_t starting_ = 0;       // and of the latest
  std::vector<std::size_t> idle_;    // per stream: clocks since its latest start
  std::size_t turn_ = 0;
};

}  // namespace

std::unique_ptr<BlockModel> make_relu_quant(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<ReluQuantModel>(parameters, seed);
}

}  // namespace colcomb::tests
