#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "colcomb/simulation/machine/word_token.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation::machine {

/// Reads the images of a cross-layer pipeline from DRAM, where a pixel's channels lie side by side:
/// requests burst after burst while its FIFO has room for all that was requested, and takes pixel
/// after pixel out of the FIFO, a DRAM word a clock, while the first line buffer has room.
class ImageReader {
 public:
  struct In {
    std::uint64_t freed = 0;  // pixels whose places in the first line buffer are free again
    bool enabled = false;     // the arrays are loaded
  };
  struct Out {
    WordToken token;                  // of the pixel whose bytes stand here; batch: its image
    std::vector<std::int16_t> bytes;  // per channel; OutputCrossbar::kNone without a pixel
    std::uint64_t bursts = 0;         // requested so far
  };

  /// `images`: whole bursts each, the first `images.size() / image_bytes` of the run; later ones
  /// repeat the last. The arguments must outlive the object.
  ImageReader(const tiling::Pipeline& pipeline, std::span<const std::uint8_t> images);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return now_.out; }

 private:
  struct State {
    Out out;
    std::uint64_t request_clock = 0;  // of the last request
    std::uint64_t there = 0;          // bytes that have come into the FIFO
    std::uint64_t taken = 0;          // bytes that have been taken out of it
    std::uint64_t image = 0;          // of the next pixel
    std::uint64_t pixel = 0;
    std::uint64_t take_clock = 0;  // of the last pixel
  };

  void request();
  [[nodiscard]] bool may_take(const In& in) const;
  void take();
  void show_pixel(std::uint64_t image, std::uint64_t pixel);

  const tiling::Pipeline& pipeline_;
  std::span<const std::uint8_t> images_;
  std::uint64_t image_bytes_;
  std::uint64_t fifo_bytes_;
  std::uint64_t channels_;
  std::uint64_t pixels_;
  std::uint64_t take_clocks_;  // for a pixel's bytes
  std::uint64_t clock_ = 0;
  State now_;
  State next_;
  std::deque<std::uint64_t> requests_;  // clocks of bursts on their way
  std::uint64_t words_ = 0;             // of the first of them that have come
  struct Pixel {
    std::uint64_t clock;
    std::uint64_t image;
    std::uint64_t pixel;
    std::uint64_t taken;
  };
  std::deque<Pixel> leaving_;  // pixels that are being taken out
};

}  // namespace colcomb::simulation::machine
