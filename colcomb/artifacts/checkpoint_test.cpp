#include "colcomb/artifacts/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "tests/support/corruption.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;
using tests::TemporaryFolder;

AllocationReport random_allocation(Random& random, bool budget) {
  AllocationReport report;
  report.array = "mx";
  report.target = "tiles at most 9 tiles";
  for (const char* name : {"a", "b"}) {
    report.layers.push_back({name, random.bits(), random.bits(), random.bits(), random.bits(),
                             random.bits(), random.bits(), random.uniform(), "for no reason"});
  }
  report.tiles = random.bits();
  report.latency = random.bits();
  report.interval = random.bits();
  report.macs = random.bits();
  if (!budget) return report;
  report.limit = random.bits();
  report.least = 0;
  report.spent = random.bits();
  report.retained = random.uniform();
  report.bound = random.uniform();
  return report;
}

Checkpoint random_checkpoint(std::uint64_t seed) {
  Random random(seed);
  Checkpoint checkpoint{tests::random_float_network(random), {}, "trained"};
  checkpoint.network.description.data = {"some images", {}};
  TrainingState& state = checkpoint.training;
  state.epochs_done = static_cast<std::uint32_t>(random.below(300));
  state.prunings_done = static_cast<std::uint32_t>(random.below(11));
  state.prune_fraction = random.uniform();
  state.identity.fields = {{"learning_rate", "0.1"}, {"data set", "Bilder \xe2\x9c\x93"}, {"", ""}};
  for (std::size_t t = 0; t < 3; ++t) {
    NamedTensor tensor{"tensor" + std::to_string(t), {}, {1.0F}};
    std::size_t size = 1;
    for (std::size_t d = 0; d < t; ++d) {
      tensor.shape.push_back(static_cast<std::int64_t>(random.below(4)));
      size *= static_cast<std::size_t>(tensor.shape.back());
    }
    tensor.values.assign(size, 0.0F);
    for (float& value : tensor.values) value = static_cast<float>(random.normal());
    state.optimizer.push_back(std::move(tensor));
  }
  for (std::uint32_t epoch = 1; epoch <= 3; ++epoch) {
    EpochRecord record;
    record.epoch = epoch;
    record.learning_rate = random.uniform();
    record.train_loss = random.normal();
    record.validation_loss = random.normal();
    record.validation_top1 = random.uniform();
    record.test_loss = random.normal();
    record.test_top1 = random.uniform();
    record.test_top5 = random.uniform();
    record.nonzeros = random.bits();
    record.packed_macs = random.bits();
    record.utilization = random.uniform();
    record.retained_magnitude = random.uniform();
    record.regrouped_columns = random.below(1000);
    record.seconds = 100 * random.uniform();
    state.history.push_back(record);
  }
  if (seed % 2 == 0) state.allocation = random_allocation(random, seed % 4 == 0);
  return checkpoint;
}

const tests::Loader kLoadCheckpoint = [](const std::filesystem::path& path) {
  (void)load_checkpoint(path);
};

TEST(Checkpoint, RoundTripIsExact) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Checkpoint original = random_checkpoint(seed);
    save_checkpoint(original, folder / "c");
    EXPECT_EQ(load_checkpoint(folder / "c"), original) << "seed " << seed;
  }
}

TEST(Checkpoint, KeepsNanInfinityAndNegativeZeroInHistory) {
  const TemporaryFolder folder;
  Checkpoint checkpoint = random_checkpoint(1);
  EpochRecord& record = checkpoint.training.history[1];
  record.validation_loss = std::nan("");
  record.train_loss = std::numeric_limits<double>::infinity();
  record.test_loss = -0.0;
  save_checkpoint(checkpoint, folder / "c");
  const EpochRecord loaded = load_checkpoint(folder / "c").training.history[1];
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  EXPECT_EQ(bits(loaded.validation_loss), bits(record.validation_loss));
  EXPECT_EQ(bits(loaded.train_loss), bits(record.train_loss));
  EXPECT_EQ(bits(loaded.test_loss), bits(-0.0));
}

TEST(Checkpoint, EqualCheckpointsGiveEqualBytes) {
  const TemporaryFolder folder;
  save_checkpoint(random_checkpoint(3), folder / "a");
  save_checkpoint(random_checkpoint(3), folder / "b");
  EXPECT_EQ(read_file(folder / "a"), read_file(folder / "b"));
}

TEST(Checkpoint, RefusesEveryTruncationAndFlip) {
  const TemporaryFolder folder;
  Checkpoint small = random_checkpoint(2);
  small.training.history.resize(1);
  save_checkpoint(small, folder / "c");
  const Bytes content = read_file(folder / "c");
  tests::expect_every_truncation_refused(kLoadCheckpoint, content, folder / "t");
  tests::expect_every_flip_refused(kLoadCheckpoint, content, folder / "f");
}

TEST(Checkpoint, HostilePayloadIsRefusedOrValid) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    save_checkpoint(random_checkpoint(seed), folder / "c");
    const auto refused = tests::count_refused_hostile_payloads(
        kLoadCheckpoint, read_file(folder / "c"), folder / "h", 500);
    EXPECT_GT(refused, 20U);
  }
}

TEST(Checkpoint, SharedVectorsCannotUnfoldIntoMoreThanTheFileHolds) {
  const TemporaryFolder folder;
  Checkpoint checkpoint = random_checkpoint(2);
  constexpr std::size_t kTensors = 100;
  checkpoint.training.optimizer.assign(kTensors, {"small", {}, {1.0F}});
  checkpoint.training.optimizer[0] = {"large", {1000}, std::vector<float>(1000, 1.5F)};
  save_checkpoint(checkpoint, folder / "c");
  Bytes content = read_file(folder / "c");
  const auto word = [&content](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value |= std::to_integer<std::size_t>(content[at + i]) << (8 * i);
    return value;
  };
  // The one vector whose count is 100 and whose entries are offsets to places in the file.
  const auto is_tensors = [&](std::size_t at) {
    if (word(at) != kTensors) return false;
    for (std::size_t i = at + 4; i < at + 4 + 4 * kTensors; i += 4) {
      if (i + word(i) >= content.size()) return false;
    }
    return true;
  };
  std::size_t at = 32;
  while (at + 4 + 4 * kTensors <= content.size() && !is_tensors(at)) at += 4;
  ASSERT_LE(at + 4 + 4 * kTensors, content.size());
  const std::size_t first = at + 4;
  const std::size_t large = first + word(first);
  for (std::size_t i = first; i < first + 4 * kTensors; i += 4) {
    for (std::size_t b = 0; b < 4; ++b)
      content[i + b] = static_cast<std::byte>((large - i) >> (8 * b));
  }
  tests::reseal(content);
  write_file_atomically(folder / "h", content);
  EXPECT_THAT(tests::refusal(kLoadCheckpoint, folder / "h"), HasSubstr("malformed"));
}

TEST(Checkpoint, FailedSaveKeepsTheOldFile) {
  const TemporaryFolder folder;
  const Checkpoint good = random_checkpoint(5);
  save_checkpoint(good, folder / "c");
  Checkpoint diverged = good;
  diverged.network.layer(0).weights(0, 0) = std::nanf("");
  EXPECT_THAT(
      tests::refusal([&](const auto& path) { save_checkpoint(diverged, path); }, folder / "c"),
      HasSubstr("weight at row 0, column 0 is 'nan': must be finite"));
  EXPECT_EQ(load_checkpoint(folder / "c"), good);
  EXPECT_THROW(save_checkpoint(good, folder / "missing" / "c"), UserError);
}

TEST(Checkpoint, TextsMustBePrintable) {
  const TemporaryFolder folder;
  const auto refusal_of = [&](const auto& change) {
    Checkpoint checkpoint = random_checkpoint(4);
    change(checkpoint);
    return tests::refusal([&](const auto& path) { save_checkpoint(checkpoint, path); },
                          folder / "c");
  };
  EXPECT_THAT(refusal_of([](Checkpoint& c) { c.origin = "two\nlines"; }),
              HasSubstr(R"(origin is 'two\x0alines')"));
  EXPECT_THAT(refusal_of([](Checkpoint& c) { c.training.identity.fields[1].value = "\xff"; }),
              HasSubstr(R"(identity field data set is '\xff')"));
  EXPECT_THAT(refusal_of([](Checkpoint& c) { c.training.identity.fields[2].name = "\x01"; }),
              HasSubstr(R"(name of an identity field is '\x01')"));
  EXPECT_THAT(refusal_of([](Checkpoint& c) { c.training.optimizer[0].name = "\x80"; }),
              HasSubstr(R"(name of an optimizer tensor is '\x80')"));
  EXPECT_THAT(refusal_of([](Checkpoint& c) { c.training.allocation->layers[1].reason = "\n"; }),
              HasSubstr("reason of the allocation"));
}

TEST(Checkpoint, IsResumableIfTrainingHasBegun) {
  Checkpoint checkpoint;
  EXPECT_FALSE(checkpoint.resumable());
  checkpoint.training.epochs_done = 1;
  EXPECT_TRUE(checkpoint.resumable());
  checkpoint.training = {};
  checkpoint.training.identity.fields = {{"seed", "1"}};
  EXPECT_TRUE(checkpoint.resumable());
}

TEST(Checkpoint, MissingFileIsNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(tests::refusal(kLoadCheckpoint, folder / "none"), HasSubstr("cannot be opened"));
}

}  // namespace
}  // namespace colcomb
