#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::tiling {

/// The recurrence of docs/reference/cycle-model.md, "Time, cross-layer pipelined": one image after
/// the other without end.
class PipelineClocks {
 public:
  /// What a machine keeps whose line buffers have no limit.
  struct Pace {
    std::uint64_t image = 0;  // clocks from an image's first pixel to the next one's at least
  };

  /// `pipeline` must outlive the object. With `pace`, line buffers have no limit, and every part
  /// spreads its words over the clocks of an image.
  explicit PipelineClocks(const Pipeline& pipeline, const std::optional<Pace>& pace = {});

  /// Passes the next image; the clock of its latest result. Nothing where line buffers are too
  /// small for the network to go on: `stuck` is then true for the stages that wait for room.
  std::optional<std::uint64_t> next();
  [[nodiscard]] bool stuck(std::size_t stage) const;

  /// When a stage was at work on the image that next() passed last.
  struct StageTimes {
    std::uint64_t first_word = 0;   // t of its first word
    std::uint64_t last_result = 0;  // of the last row and output pixel
  };
  [[nodiscard]] StageTimes times(std::size_t stage) const;

  /// A stage's words since clock 0, by their first bit at cell (0, 0).
  struct StageWords {
    std::uint64_t words = 0;
    std::uint64_t first = 0;  // t of the first of all
    std::uint64_t last = 0;
    std::uint64_t late = 0;  // clocks between words beyond the word interval I
  };
  [[nodiscard]] StageWords words(std::size_t stage) const;

  /// The clocks that the future depends on, in relation to the last one, in an order that depends
  /// on the pipeline alone.
  [[nodiscard]] std::vector<std::int64_t> state() const;

  /// Places that a stage's line buffers had in use at most. Requires: `pace` was given.
  [[nodiscard]] std::uint64_t most_held(std::size_t stage, bool residual) const;

 private:
  /// A line buffer at work. Pixels count on over the images.
  struct Line {
    const LineBuffer* buffer = nullptr;
    std::uint64_t taken = 0;           // places that its writer has taken
    std::uint64_t spent = 0;           // pixels that are read no more
    std::deque<std::uint64_t> there;   // clocks since when the pixels from `spent` on can be read
    std::deque<std::uint64_t> free;    // clocks since when places are free again, not yet taken
    std::vector<std::uint64_t> takes;  // with a pace: when each place was taken
    std::vector<std::uint64_t> frees;  // and when it was free again
  };
  struct Node {
    const TileProgram* program = nullptr;
    std::vector<std::size_t> reads;   // lines: its input, and its residual source
    std::vector<std::size_t> writes;  // lines
    std::uint64_t interval = 0;       // K
    std::uint64_t lead = 0;           // from a decision to the first bit in the array
    std::uint64_t result = 0;         // from there to the last row's byte
    std::uint64_t pooling = 0;        // from there to the result of a completed output pixel
    std::uint64_t windows = 0;        // of that, what pooling windows take
    std::uint64_t written = 0;        // from a result until the next stage may read it
    std::uint64_t read = 0;           // from a decision until all bytes of the word are read
    WordGrid grid;
    bool once = false;        // its words complete one pixel an image: global pooling
    std::uint64_t image = 0;  // of its next word
    std::size_t y = 0;
    std::size_t x = 0;
    std::uint64_t words = 0;
    std::uint64_t first = 0;  // decisions
    std::uint64_t last = 0;
    std::uint64_t late = 0;
    std::uint64_t begin = 0;        // of the image at hand
    std::uint64_t last_result = 0;  // of it
  };
  /// The FIFO between DRAM and image reader.
  struct Fifo {
    std::uint64_t room = 0;                                     // bytes
    std::uint64_t bursts = 0;                                   // requested
    std::uint64_t requested = 0;                                // clock of the last request
    std::uint64_t bytes = 0;                                    // taken out
    std::deque<std::pair<std::uint64_t, std::uint64_t>> taken;  // bytes so far, clock
  };

  bool advance(Node& node);
  [[nodiscard]] std::uint64_t burst_request(std::uint64_t burst);
  [[nodiscard]] std::optional<std::uint64_t> room(std::size_t line) const;
  void take(std::size_t line, std::uint64_t decided, std::uint64_t there);
  void spend(std::size_t line, std::uint64_t pixels, std::uint64_t clock);
  Node make_reader();
  Node make_node(std::size_t stage);

  const Pipeline& pipeline_;
  std::optional<Pace> pace_;
  std::vector<Line> lines_;
  std::vector<Node> nodes_;  // the image reader and the stages
  Fifo fifo_;
  std::uint64_t images_ = 0;
};

/// Clocks that loading all arrays takes before clock 0.
[[nodiscard]] std::uint64_t configuration_clocks(const Pipeline& pipeline);

/// Clocks from image to image in the long run, rounded up.
[[nodiscard]] std::uint64_t steady_interval(const Pipeline& pipeline);

}  // namespace colcomb::tiling
