#include <algorithm>
#include <deque>

#include "colcomb/artifacts/pooling_window.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/serial_divider.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

class MeanDividerModel : public BlockModel {
 public:
  MeanDividerModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        sum_bits_(parameters.at("SumBits")),
        divisor_bits_(parameters.at("DivisorBits")),
        most_fraction_(parameters.at("MaxFraction")),
        tag_bits_(parameters.at("TagBits")),
        pace_(random_, 1) {}

  std::vector<Wire> inputs() const override {
    return {{"valid", 1},
            {"sum", sum_bits_},
            {"divisor", divisor_bits_},
            {"fraction_bits", 4},
            {"tag", tag_bits_}};
  }
  std::vector<Wire> outputs() const override {
    return {{"valid", 1}, {"mean", 8}, {"tag", tag_bits_}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool valid = pace_.sends();
    // Of all magnitudes, and quotients near 255 and near a half among them.
    const auto divisor =
        std::max<std::uint64_t>(1, random_.bits() >> (63 - random_.below(divisor_bits_)));
    const std::uint64_t fraction = random_.below(most_fraction_ + 1);
    std::uint64_t sum = random_.bits() >> (64 - sum_bits_);
    if (random_.below(2) == 0)
      sum = (divisor * random_.below(260) + divisor / 2 + random_.below(3)) >> fraction;
    sum &= (std::uint64_t{1} << sum_bits_) - 1;
    const std::uint64_t tag = random_.below(std::uint64_t{1} << tag_bits_);
    in.put(valid);
    in.put(sum, sum_bits_);
    in.put(divisor, divisor_bits_);
    in.put(fraction, 4);
    in.put(tag, tag_bits_);

    for (Division& division : divisions_) {
      if (!division.divider.done()) division.divider.step();
    }
    if (valid)
      divisions_.push_back(
          {simulation::SerialDivider(sum, divisor, static_cast<std::uint32_t>(fraction)), tag});
    const bool done = !divisions_.empty() && divisions_.front().divider.done();
    out.put(done);
    out.put_if(done, done ? divisions_.front().divider.clamped() : 0, 8);
    out.put_if(done, done ? divisions_.front().tag : 0, tag_bits_);
    if (done) divisions_.pop_front();
  }

 private:
  struct Division {
    simulation::SerialDivider divider;
    std::uint64_t tag;
  };

  Random random_;
  std::size_t sum_bits_;
  std::size_t divisor_bits_;
  std::size_t most_fraction_;
  std::size_t tag_bits_;
  Pace pace_;
  std::deque<Division> divisions_;
};

}  // namespace

std::unique_ptr<BlockModel> make_mean_divider(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<MeanDividerModel>(parameters, seed);
}

}  // namespace colcomb::tests
