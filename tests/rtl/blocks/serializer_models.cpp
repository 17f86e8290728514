#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/one_cell.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

class SerializerModel : public BlockModel {
 public:
  SerializerModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        lines_(parameters.at("Lines")),
        front_(simulation::make_front(
            simulation::array_shape(one_cell(CellKind::kMultiplexed, lines_.size(), 32)))),
        pace_(random_, 8) {}

  std::vector<Wire> inputs() const override { return {{"load", 1}, {"bytes", 8 * lines_.size()}}; }
  std::vector<Wire> outputs() const override { return {{"start", 1}, {"data", lines_.size()}}; }

  void clock(WireValues& in, WireValues& out) override {
    const bool load = pace_.sends();
    in.put(load);
    for (std::uint8_t& byte : lines_) {
      byte = static_cast<std::uint8_t>(random_.below(256));
      in.put(byte, 8);
    }
    if (load) front_->put_word(0, lines_);
    front_->step();
    const simulation::CellOutputs cell = front_->outputs(0, 0);
    out.put(cell.start);
    out.put(cell.data, lines_.size());
  }

 private:
  Random random_;
  std::vector<std::uint8_t> lines_;
  std::unique_ptr<simulation::ArrayFront> front_;
  Pace pace_;
};

class AccSerializerModel : public BlockModel {
 public:
  AccSerializerModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        bits_(parameters.at("AccBits")),
        streams_(parameters.at("Streams")),
        front_(simulation::make_front(simulation::array_shape(
            one_cell(streams_ == 1 ? CellKind::kBalanced : CellKind::kInterleaved, 1, bits_)))),
        pace_(random_, bits_ / streams_) {}

  std::vector<Wire> inputs() const override { return {{"load", 1}, {"acc", bits_}}; }
  std::vector<Wire> outputs() const override { return {{"acc", streams_}}; }

  void clock(WireValues& in, WireValues& out) override {
    const bool load = pace_.sends();
    const auto value = static_cast<std::uint32_t>(random_.bits() >> (64 - bits_));
    in.put(load);
    in.put(value, bits_);
    if (load) front_->put_accumulation(0, value);
    front_->step();
    out.put(front_->outputs(0, 0).acc, streams_);
  }

 private:
  Random random_;
  std::size_t bits_;
  std::size_t streams_;
  std::unique_ptr<simulation::ArrayFront> front_;
  Pace pace_;
};

}  // namespace

std::unique_ptr<BlockModel> make_serializer(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<SerializerModel>(parameters, seed);
}

std::unique_ptr<BlockModel> make_acc_serializer(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<AccSerializerModel>(parameters, seed);
}

}  // namespace colcomb::tests
