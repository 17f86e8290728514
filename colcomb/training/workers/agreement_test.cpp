#include "colcomb/training/workers/agreement.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

/// Worker 0 of 3, with what the others add to its sums.
class Scripted final : public Workers {
 public:
  explicit Scripted(std::vector<double> others) : others_(std::move(others)) { place_.size = 3; }
  [[nodiscard]] const WorkerPlace& place() const override { return place_; }
  void sum(std::span<float>) override {}
  void sum(std::span<double> values) override {
    ASSERT_EQ(values.size(), others_.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += others_[i];
  }
  void broadcast(std::span<std::byte>) override {}
  void barrier() override {}

 private:
  WorkerPlace place_;
  std::vector<double> others_;
};

TEST(Agreement, NamesTheFirstWorkerThatDiffers) {
  constexpr std::uint64_t kDigest = 0x89abcdef01234567;
  const double high = 0x89abcdef, low = 0x01234567;
  Scripted equal({0, 0, high, low, high, low});
  EXPECT_NO_THROW(require_agreement(equal, kDigest, "rule"));
  for (const auto& others : {std::vector<double>{0, 0, high, low, high, low + 1},
                             std::vector<double>{0, 0, high, low, high - 1, low}}) {
    Scripted drifted(others);
    try {
      require_agreement(drifted, kDigest, "they have drifted apart");
      ADD_FAILURE() << "no error";
    } catch (const UserError& error) {
      EXPECT_STREQ(error.what(),
                   "workers: worker 2 differs from worker 0: they have drifted apart");
    }
  }
}

Checkpoint small_checkpoint() {
  Checkpoint c;
  c.network.description.hidden.resize(1);
  c.network.description.layer(0).columns = {{0, 0, 0}, {1, 1, -1}};
  FloatLayer layer;
  layer.weights = Matrix<float>(1, 2, 0.5F);
  layer.mask = Matrix<std::uint8_t>(1, 2, std::uint8_t{1});
  layer.batch_norm = BatchNorm{{1}, {0}, {0}, {1}};
  c.network.hidden = {layer};
  c.training.optimizer = {{"layer0.weight", {1, 2}, {0.25F, 0.125F}}};
  return c;
}

TEST(Agreement, DigestSeesEveryNumber) {
  const Checkpoint plain = small_checkpoint();
  EXPECT_EQ(digest_of(plain), digest_of(small_checkpoint()));
  const auto changes = [&](const auto& change) {
    Checkpoint other = small_checkpoint();
    change(other);
    return digest_of(other) != digest_of(plain);
  };
  EXPECT_TRUE(changes([](Checkpoint& c) {  // the last bit of a weight
    float& weight = c.network.layer(0).weights.values()[1];
    weight = std::nextafter(weight, 1.0F);
  }));
  EXPECT_TRUE(changes([](Checkpoint& c) { c.network.layer(0).mask.values()[0] = 0; }));
  EXPECT_TRUE(changes([](Checkpoint& c) { c.network.layer(0).batch_norm->mean[0] = 1e-30F; }));
  EXPECT_TRUE(changes([](Checkpoint& c) { c.network.layer(0).groups = ColumnGroups{{{0, 1}}}; }));
  EXPECT_TRUE(changes([](Checkpoint& c) { c.training.optimizer[0].values[0] = 0; }));
  EXPECT_TRUE(changes([](Checkpoint& c) { c.training.identity.add("seed", "2"); }));
  EXPECT_TRUE(changes([](Checkpoint& c) { c.network.description.layer(0).columns[1].dx = 1; }));
  EXPECT_FALSE(changes([](Checkpoint& c) { c.training.history.resize(1); }));
}

}  // namespace
}  // namespace colcomb::training
