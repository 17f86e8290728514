#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/transform.hpp"

namespace colcomb::dataset {

/// Pictures of one training or test step; 8-bit, since the network's input is raw pixels and
/// normalization is its first layer.
struct Batch {
  std::size_t count = 0;             // images
  std::size_t channels = 0;          // of an image
  std::size_t height = 0;            // of an image, pixels
  std::size_t width = 0;             // of an image, pixels
  std::vector<std::uint8_t> pixels;  // (count, channels, height, width)
  std::vector<std::int32_t> labels;  // (count)
  std::vector<std::size_t> indices;  // (count), numbers of the pictures in the data set
  // Pictures of the same batch in other workers' shares, before and after this one's.
  std::size_t before = 0;
  std::size_t after = 0;  // images of the whole batch behind this share
  // In place of pixels if LoaderOptions::placements asks for them: what becomes of each picture of
  // `dataset`, for whoever holds its pixels.
  std::vector<Placement> placements;  // (count)
  const Dataset* dataset = nullptr;   // which its indices are of; null: pixels are here

  /// Images of the whole batch.
  [[nodiscard]] std::size_t whole_count() const { return before + count + after; }
};

/// A range of places, [begin, end).
struct PlaceRange {
  std::size_t begin = 0;  // the first
  std::size_t end = 0;    // behind the last
  /// How many.
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// The contiguous share of `count` things that worker `rank` of `size` takes: sizes differ by at
/// most 1, and some are empty where count < size. Requires: rank < size.
[[nodiscard]] PlaceRange share_of(std::size_t count, std::size_t rank, std::size_t size);

/// Leaves these places of a whole batch in it, as one worker's share.
/// Requires: before and after are 0, the range lies within the batch.
void keep_share(Batch& batch, const PlaceRange& share);

/// How batches are made.
struct LoaderOptions {
  std::size_t batch_size = 64;  // images of a whole batch
  bool shuffle = false;         // a new order each epoch; off for tests
  bool drop_last = false;       // leave out the last batch if it is not full
  /// Channels the network takes; 0 takes those of the data set.
  std::size_t channels = 0;
  /// Order and augmentation follow from seed and epoch (and the indices) alone.
  std::uint64_t seed = 1;
  std::uint64_t epoch = 0;           // which decides the order
  std::size_t threads = 1;           // that decode ahead; at least 1
  std::size_t prefetch_batches = 4;  // most batches made or in the making beyond the caller's
  /// Makes only this worker's share of every batch, which may be empty (count 0): the shares of all
  /// workers together are the batches of one. `batch_size` counts whole batches.
  std::size_t worker = 0;
  std::size_t workers = 1;  // threads that make batches ahead
  /// Gives placements in place of pixels and reads no picture. Requires: the data set's pictures
  /// are of one size and is_window(transform).
  bool placements = false;
};

/// One epoch of batches, made ahead of the caller by threads of its own. Neither order nor pixels
/// depend on the number of threads or on timing.
class BatchLoader {
 public:
  /// Pictures `indices` of the data set, which must outlive the loader.
  /// Requires: every index below dataset.size(); threads and prefetch_batches at least 1.
  /// Errors: UserError of kind usage if the batch size is 0 or drop_last would drop everything, or
  /// if the channels differ from the data set's.
  BatchLoader(const Dataset& dataset, std::vector<std::size_t> indices,
              const TransformOptions& transform, const LoaderOptions& options);
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;
  /// Stops the threads, also in mid-epoch.
  ~BatchLoader();

  /// The next batch; nothing at the end of the epoch.
  /// Errors: whatever reading or transforming the first bad picture threw, after all batches before
  /// it were given; every later call throws the same.
  [[nodiscard]] std::optional<Batch> next();

  /// Number of batches in the epoch.
  [[nodiscard]] std::size_t batches() const { return batches_; }
  /// Number of pictures in the epoch, of all workers, less those that drop_last leaves out.
  [[nodiscard]] std::size_t images() const;

 private:
  struct Outcome {
    Batch batch;
    std::exception_ptr error;  // if set, there is no batch
  };

  [[nodiscard]] Batch make_batch(std::size_t number) const;
  [[nodiscard]] Outcome try_batch(std::size_t number) const;
  void work();
  void stop();

  const Dataset& dataset_;
  std::vector<std::size_t> indices_;
  TransformOptions transform_;
  LoaderOptions options_;
  std::size_t batches_ = 0;

  std::mutex mutex_;  // guards what follows, but for the threads
  std::condition_variable room_to_work_;
  std::condition_variable batch_ready_;
  std::size_t next_to_make_ = 0;
  std::size_t next_to_give_ = 0;
  bool stopped_ = false;
  std::exception_ptr failed_;
  std::map<std::size_t, Outcome> ready_;
  std::vector<std::thread> threads_;
};

}  // namespace colcomb::dataset
