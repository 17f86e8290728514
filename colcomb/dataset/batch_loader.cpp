#include "colcomb/dataset/batch_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::dataset {
namespace {

constexpr std::uint64_t kShufflePurpose = 0x73687566;  // "shuf"
constexpr std::uint64_t kAugmentPurpose = 0x6175676d;  // "augm"

void check_options(const Dataset& dataset, const std::vector<std::size_t>& indices,
                   const LoaderOptions& options) {
  COLCOMB_CHECK(options.threads > 0 && options.prefetch_batches > 0, "loader that cannot work");
  COLCOMB_CHECK(options.worker < options.workers, "worker outside the workers");
  COLCOMB_CHECK(!options.placements || dataset.picture_size(),
                "placements of pictures of many sizes");
  COLCOMB_CHECK(std::all_of(indices.begin(), indices.end(),
                            [&dataset](std::size_t i) { return i < dataset.size(); }),
                "picture outside the data set");
  if (options.batch_size == 0) throw option_error("batch_size", "0", "must be at least 1");
  if (options.drop_last && !indices.empty() && indices.size() < options.batch_size) {
    throw option_error("batch_size", fmt::format("{}", options.batch_size),
                       fmt::format("must be at most {}, the number of images", indices.size()));
  }
  if (options.channels != 0 && options.channels != dataset.channels()) {
    throw option_error("data.input_channels", fmt::format("{}", options.channels),
                       fmt::format("must be {}, as in the data set", dataset.channels()));
  }
}

}  // namespace

PlaceRange share_of(std::size_t count, std::size_t rank, std::size_t size) {
  return {count * rank / size, count * (rank + 1) / size};
}

void keep_share(Batch& batch, const PlaceRange& share) {
  COLCOMB_CHECK(batch.before + batch.after == 0 && share.end <= batch.count,
                "share of what is no whole batch");
  const auto keep = [&](auto& values) {
    const std::size_t each = values.size() / batch.count;
    values.resize(share.end * each);
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(share.begin * each));
  };
  keep(batch.pixels);
  keep(batch.labels);
  keep(batch.indices);
  keep(batch.placements);
  batch.before = share.begin;
  batch.after = batch.count - share.end;
  batch.count = share.size();
}

BatchLoader::BatchLoader(const Dataset& dataset, std::vector<std::size_t> indices,
                         const TransformOptions& transform, const LoaderOptions& options)
    : dataset_(dataset), indices_(std::move(indices)), transform_(transform), options_(options) {
  check_options(dataset_, indices_, options_);
  if (options_.shuffle)
    Random::stream(options_.seed, kShufflePurpose, options_.epoch).shuffle(indices_);
  batches_ = options_.drop_last ? indices_.size() / options_.batch_size
                                : (indices_.size() + options_.batch_size - 1) / options_.batch_size;
  const std::size_t threads = std::min({options_.threads, options_.prefetch_batches, batches_});
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    stop();
    throw;
  }
}

BatchLoader::~BatchLoader() {
  stop();
}

void BatchLoader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  room_to_work_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::size_t BatchLoader::images() const {
  return std::min(indices_.size(), batches_ * options_.batch_size);
}

Batch BatchLoader::make_batch(std::size_t number) const {
  const std::size_t start = number * options_.batch_size;
  const std::size_t whole = std::min(options_.batch_size, indices_.size() - start);
  const PlaceRange share = share_of(whole, options_.worker, options_.workers);
  const std::size_t first = start + share.begin;
  Batch batch;
  batch.count = share.size();
  batch.before = share.begin;
  batch.after = whole - share.end;
  batch.channels = dataset_.channels();
  batch.height = transform_.height;
  batch.width = transform_.width;
  batch.dataset = &dataset_;
  if (!options_.placements)
    batch.pixels.reserve(batch.count * batch.channels * batch.height * batch.width);
  for (std::size_t i = first; i < first + batch.count; ++i) {
    const std::size_t index = indices_[i];
    // One stream per picture and epoch: no picture's draws depend on which thread makes it, or on
    // its place in the order.
    Random random =
        Random::stream(options_.seed, kAugmentPurpose, options_.epoch * dataset_.size() + index);
    if (options_.placements) {
      batch.placements.push_back(draw_placement(*dataset_.picture_size(), transform_, random));
    } else {
      const Image image = transformed(dataset_.read(index), transform_, random);
      COLCOMB_CHECK(image.channels == batch.channels,
                    "picture with other channels than its data set");
      batch.pixels.insert(batch.pixels.end(), image.pixels.begin(), image.pixels.end());
    }
    batch.labels.push_back(dataset_.label(index));
    batch.indices.push_back(index);
  }
  return batch;
}

BatchLoader::Outcome BatchLoader::try_batch(std::size_t number) const {
  try {
    return {make_batch(number), nullptr};
  } catch (...) {
    return {{}, std::current_exception()};
  }
}

void BatchLoader::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    room_to_work_.wait(lock, [this] {
      return stopped_ || next_to_make_ == batches_ ||
             next_to_make_ < next_to_give_ + options_.prefetch_batches;
    });
    if (stopped_ || next_to_make_ == batches_) return;
    const std::size_t number = next_to_make_++;
    lock.unlock();
    Outcome outcome = try_batch(number);
    lock.lock();
    ready_.emplace(number, std::move(outcome));
    batch_ready_.notify_one();
  }
}

std::optional<Batch> BatchLoader::next() {
  std::unique_lock lock(mutex_);
  if (failed_) std::rethrow_exception(failed_);
  if (next_to_give_ == batches_) return std::nullopt;
  batch_ready_.wait(lock, [this] { return ready_.contains(next_to_give_); });
  const auto found = ready_.find(next_to_give_);
  Outcome outcome = std::move(found->second);
  ready_.erase(found);
  if (outcome.error) {
    failed_ = outcome.error;
    stopped_ = true;
    room_to_work_.notify_all();
    std::rethrow_exception(failed_);
  }
  ++next_to_give_;
  room_to_work_.notify_all();
  return std::move(outcome.batch);
}

}  // namespace colcomb::dataset
