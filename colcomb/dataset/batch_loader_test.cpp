#include "colcomb/dataset/batch_loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <numeric>
#include <string>

#include "colcomb/base/check.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

using Indices = std::vector<std::size_t>;

/// Picture i is 2 x 2 of one channel, i + 1 everywhere; label i % 3. Reading takes an uneven time.
class Numbered : public Dataset {
 public:
  explicit Numbered(std::size_t count) : count_(count) {}
  [[nodiscard]] std::size_t size() const override { return count_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] std::size_t channels() const override { return 1; }
  [[nodiscard]] std::filesystem::path source() const override { return "numbered"; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    return static_cast<std::int32_t>(i % 3);
  }
  [[nodiscard]] Image read(std::size_t i) const override {
    ++reads;
    if (i == bad) throw file_error("picture " + std::to_string(i), "", "", "is damaged");
    std::this_thread::sleep_for(std::chrono::microseconds(i * 7919 % 5 * 100));
    const auto value = static_cast<std::uint8_t>(i + 1);
    return {i == misfit ? 3U : 1U, 2, 2, Octets(i == misfit ? 12 : 4, value)};
  }

  std::size_t bad = static_cast<std::size_t>(-1);
  std::size_t misfit = static_cast<std::size_t>(-1);
  mutable std::atomic<std::size_t> reads = 0;

 private:
  std::size_t count_;
  std::vector<std::string> names_{"a", "b", "c"};
};

Indices upto(std::size_t count) {
  Indices indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

const TransformOptions kPlain{.kind = TransformOptions::Kind::kPad, .height = 2, .width = 2};
const TransformOptions kRandom{
    .kind = TransformOptions::Kind::kCrop, .height = 3, .width = 3, .flip = true, .padding = 2};

std::vector<Batch> drain(BatchLoader& loader) {
  std::vector<Batch> batches;
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  EXPECT_FALSE(loader.next().has_value());
  return batches;
}

Indices order_of(const std::vector<Batch>& batches) {
  Indices order;
  for (const auto& batch : batches)
    order.insert(order.end(), batch.indices.begin(), batch.indices.end());
  return order;
}

TEST(BatchLoader, GivesEveryPictureInOrderAndAPartialLastBatch) {
  const Numbered data(20);
  BatchLoader loader(data, {4, 2, 17, 0, 9}, kPlain, {.batch_size = 2});
  EXPECT_EQ(loader.batches(), 3U);
  EXPECT_EQ(loader.images(), 5U);
  const auto batches = drain(loader);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[0].count, 2U);
  EXPECT_EQ(batches[0].channels, 1U);
  EXPECT_EQ(batches[0].pixels, (Octets{5, 5, 5, 5, 3, 3, 3, 3}));
  EXPECT_EQ(batches[0].labels, (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(batches[1].indices, (Indices{17, 0}));
  EXPECT_EQ(batches[2].count, 1U);
  EXPECT_EQ(batches[2].pixels, (Octets{10, 10, 10, 10}));
}

TEST(BatchLoader, DropLastLeavesOutThePartialBatch) {
  const Numbered data(7);
  BatchLoader loader(data, upto(7), kPlain, {.batch_size = 3, .drop_last = true});
  EXPECT_EQ(loader.batches(), 2U);
  EXPECT_EQ(loader.images(), 6U);
  EXPECT_EQ(order_of(drain(loader)), upto(6));
}

TEST(BatchLoader, WorkersShareEveryBatch) {
  const Numbered data(20);
  const LoaderOptions options{.batch_size = 7, .shuffle = true, .seed = 3, .epoch = 2};
  BatchLoader all(data, upto(16), kPlain, options);
  const auto whole = drain(all);  // of 7, 7 and 2 pictures
  for (const std::size_t workers : {1U, 2U, 3U, 5U}) {
    std::vector<Batch> together(whole.size());
    for (std::size_t w = 0; w < workers; ++w) {
      LoaderOptions share = options;
      share.worker = w;
      share.workers = workers;
      BatchLoader loader(data, upto(16), kPlain, share);
      const auto part = drain(loader);
      ASSERT_EQ(part.size(), whole.size());
      for (std::size_t b = 0; b < whole.size(); ++b) {
        EXPECT_EQ(part[b].before, together[b].indices.size());
        EXPECT_EQ(part[b].whole_count(), whole[b].count);
        EXPECT_LE(part[b].count, whole[b].count / workers + 1);
        EXPECT_EQ(part[b].pixels.size(), part[b].count * 4);
        const auto append = [](auto& to, const auto& from) {
          to.insert(to.end(), from.begin(), from.end());
        };
        append(together[b].indices, part[b].indices);
        append(together[b].pixels, part[b].pixels);
        append(together[b].labels, part[b].labels);
        Batch cut = whole[b];  // the same, from the whole batch
        keep_share(cut, share_of(cut.count, w, workers));
        EXPECT_EQ(cut.indices, part[b].indices);
        EXPECT_EQ(cut.pixels, part[b].pixels);
        EXPECT_EQ(cut.labels, part[b].labels);
        EXPECT_EQ(cut.before, part[b].before);
        EXPECT_EQ(cut.after, part[b].after);
      }
    }
    for (std::size_t b = 0; b < whole.size(); ++b) {
      EXPECT_EQ(together[b].indices, whole[b].indices);
      EXPECT_EQ(together[b].pixels, whole[b].pixels);
      EXPECT_EQ(together[b].labels, whole[b].labels);
    }
  }
}

TEST(BatchLoader, NothingToLoad) {
  const Numbered data(7);
  BatchLoader loader(data, {}, kPlain, {.drop_last = true});
  EXPECT_EQ(loader.batches(), 0U);
  EXPECT_EQ(loader.images(), 0U);
  EXPECT_FALSE(loader.next().has_value());
}

TEST(BatchLoader, NumberOfThreadsChangesNothing) {
  const Numbered data(101);
  LoaderOptions options{.batch_size = 8, .shuffle = true, .seed = 5, .epoch = 3};
  BatchLoader one(data, upto(101), kRandom, options);
  const auto expected = drain(one);
  for (const std::size_t threads : {2U, 5U}) {
    for (const std::size_t prefetch : {1U, 3U, 50U}) {
      options.threads = threads;
      options.prefetch_batches = prefetch;
      BatchLoader loader(data, upto(101), kRandom, options);
      const auto batches = drain(loader);
      ASSERT_EQ(batches.size(), expected.size());
      for (std::size_t b = 0; b < batches.size(); ++b) {
        EXPECT_EQ(batches[b].pixels, expected[b].pixels) << b;
        EXPECT_EQ(batches[b].labels, expected[b].labels) << b;
        EXPECT_EQ(batches[b].indices, expected[b].indices) << b;
      }
    }
  }
}

TEST(BatchLoader, ShuffleIsAPermutationThatDependsOnSeedAndEpoch) {
  const Numbered data(60);
  const auto order = [&](std::uint64_t seed, std::uint64_t epoch) {
    BatchLoader loader(data, upto(60), kPlain,
                       {.batch_size = 7, .shuffle = true, .seed = seed, .epoch = epoch});
    return order_of(drain(loader));
  };
  const auto first = order(1, 0);
  EXPECT_NE(first, upto(60));
  EXPECT_NE(first, order(1, 1));
  EXPECT_NE(first, order(2, 0));
  EXPECT_EQ(first, order(1, 0));
  Indices sorted = first;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, upto(60));
}

TEST(BatchLoader, AugmentationDependsOnPictureSeedAndEpochButNotOnOrder) {
  const Numbered data(40);
  const auto pictures = [&](bool shuffle, std::uint64_t seed, std::uint64_t epoch) {
    BatchLoader loader(data, upto(40), kRandom,
                       {.batch_size = 6, .shuffle = shuffle, .seed = seed, .epoch = epoch});
    std::map<std::size_t, Octets> found;
    for (const auto& batch : drain(loader)) {
      for (std::size_t i = 0; i < batch.count; ++i) {
        const auto begin = batch.pixels.begin() + static_cast<std::ptrdiff_t>(i * 9);
        found[batch.indices[i]] = Octets(begin, begin + 9);
      }
    }
    return found;
  };
  const auto first = pictures(true, 1, 0);
  EXPECT_EQ(first, pictures(false, 1, 0));
  EXPECT_NE(first, pictures(true, 1, 1));
  EXPECT_NE(first, pictures(true, 2, 0));
}

TEST(BatchLoader, ErrorComesAfterTheBatchesBeforeItAndStays) {
  for (const std::size_t threads : {1U, 5U}) {
    Numbered data(40);
    data.bad = 22;
    BatchLoader loader(data, upto(40), kPlain,
                       {.batch_size = 4, .threads = threads, .prefetch_batches = 6});
    for (std::size_t b = 0; b < 5; ++b) {
      const auto batch = loader.next();
      ASSERT_TRUE(batch.has_value());
      EXPECT_EQ(batch->indices[0], 4 * b);
    }
    for (int again = 0; again < 3; ++again)
      EXPECT_EQ(error_of([&] { (void)loader.next(); }).where, "picture 22");
  }
}

TEST(BatchLoader, CorruptPictureFileIsNamed) {
  const colcomb::tests::TemporaryFolder root;
  for (const std::string name : {"a", "b", "c"})
    put(root / "train/cat" / (name + ".jpg"), jpeg(8, 8, {1, 2, 3}));
  Octets damaged = jpeg(8, 8, {1, 2, 3});
  damaged.resize(damaged.size() / 2);
  put(root / "train/cat/b.jpg", damaged);
  const auto data = open_dataset("folder", root.path(), Split::kTrain);
  BatchLoader loader(*data, upto(3), transform_for("folder", {4, 4}, true, true),
                     {.batch_size = 1, .channels = 3, .threads = 2});
  EXPECT_EQ(loader.next()->channels, 3U);
  EXPECT_EQ(error_of([&] { (void)loader.next(); }).where, (root / "train/cat/b.jpg").string());
}

TEST(BatchLoader, PictureLargerThanTheInputIsAnError) {
  const Numbered data(4);
  BatchLoader loader(data, upto(4), {.height = 1, .width = 1}, {});
  EXPECT_EQ(error_of([&] { (void)loader.next(); }).field, "data.input_size");
}

TEST(BatchLoader, ChannelsMustBeTheDataSets) {
  Numbered data(4);
  const auto parts =
      error_of([&] { const BatchLoader loader(data, upto(4), kPlain, {.channels = 3}); });
  EXPECT_EQ(parts.field, "data.input_channels");
  EXPECT_EQ(parts.value, "3");
  EXPECT_EQ(parts.rule, "must be 1, as in the data set");
  data.misfit = 2;
  BatchLoader loader(data, upto(4), kPlain, {.channels = 1});
  EXPECT_THROW((void)loader.next(), InternalError);
}

TEST(BatchLoader, BadBatchSizes) {
  const Numbered data(4);
  EXPECT_EQ(
      error_of([&] { const BatchLoader loader(data, upto(4), kPlain, {.batch_size = 0}); }).field,
      "batch_size");
  EXPECT_EQ(error_of([&] {
              const BatchLoader loader(data, upto(4), kPlain, {.batch_size = 5, .drop_last = true});
            }).value,
            "5");
  EXPECT_THROW(BatchLoader(data, {4}, kPlain, {}), InternalError);
}

TEST(BatchLoader, RunsAheadButNotFurtherThanAsked) {
  const Numbered data(100);
  BatchLoader loader(data, upto(100), kPlain,
                     {.batch_size = 5, .threads = 3, .prefetch_batches = 4});
  const auto wait_for_reads = [&](std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (data.reads < count && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));  // time to go too far
    return data.reads.load();
  };
  EXPECT_EQ(wait_for_reads(20), 20U);
  (void)loader.next();
  EXPECT_EQ(wait_for_reads(25), 25U);
}

TEST(BatchLoader, CanBeDestroyedAtAnyPoint) {
  const Numbered data(50);
  for (std::size_t taken = 0; taken < 10; ++taken) {
    BatchLoader loader(data, upto(50), kPlain,
                       {.batch_size = 5, .threads = 3, .prefetch_batches = taken % 3 + 1});
    for (std::size_t b = 0; b < taken; ++b) ASSERT_TRUE(loader.next().has_value());
  }
}

}  // namespace
}  // namespace colcomb::dataset::tests
