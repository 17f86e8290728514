#include "colcomb/simulation/machine/image_reader.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/simulation/machine/output_crossbar.hpp"

namespace colcomb::simulation::machine {

ImageReader::ImageReader(const tiling::Pipeline& pipeline, std::span<const std::uint8_t> images)
    : pipeline_(pipeline),
      images_(images),
      image_bytes_(pipeline.image_bytes()),
      fifo_bytes_(pipeline.fifo_bytes()),
      channels_(pipeline.reader.layers.front().filters),
      pixels_(pipeline.reader.schedule.tiles.front().words),
      take_clocks_(ceil_divide<std::uint64_t>(channels_, pipeline.array.dram_bytes_per_clock)) {
  now_.out.bytes.assign(channels_, OutputCrossbar::kNone);
}

void ImageReader::request() {
  const ArrayConfig& array = pipeline_.array;
  const std::uint64_t clocks = array.dram_burst_bytes / array.dram_bytes_per_clock;
  if (now_.out.bursts > 0 && clock_ < now_.request_clock + clocks) return;
  // All that is on its way has its place in the FIFO.
  if ((now_.out.bursts + 1) * array.dram_burst_bytes > now_.taken + fifo_bytes_) return;
  next_.request_clock = clock_;
  ++next_.out.bursts;
  requests_.push_back(clock_);
}

bool ImageReader::may_take(const In& in) const {
  const std::uint64_t taken_before = now_.image + now_.pixel;
  if (taken_before > 0 && clock_ < now_.take_clock + pipeline_.reader_interval()) return false;
  if (now_.there < now_.image * image_bytes_ + (now_.pixel + 1) * channels_) return false;
  return now_.image * pixels_ + now_.pixel < in.freed + pipeline_.stages.front().input.pixels;
}

void ImageReader::take() {
  next_.take_clock = clock_;
  const bool last = now_.pixel + 1 == pixels_;
  // The rest of an image's last burst goes with its last pixel.
  const std::uint64_t bytes = last ? (now_.image + 1) * image_bytes_
                                   : now_.image * image_bytes_ + (now_.pixel + 1) * channels_;
  leaving_.push_back({clock_ + take_clocks_, now_.image, now_.pixel, bytes});
  next_.pixel = last ? 0 : now_.pixel + 1;
  if (last) ++next_.image;
}

void ImageReader::show_pixel(std::uint64_t image, std::uint64_t pixel) {
  const std::uint64_t stored = std::min<std::uint64_t>(image, images_.size() / image_bytes_ - 1);
  const auto bytes = images_.subspan(stored * image_bytes_ + pixel * channels_, channels_);
  // A first layer without any weight reads none.
  if (pipeline_.reader.schedule.tiles.front().write_clocks > 0)
    std::ranges::copy(bytes, next_.out.bytes.begin());
  const LayerSetup& map = pipeline_.reader.layers.front();
  WordToken& token = next_.out.token;
  token.valid = token.completes = true;
  token.last = pixel + 1 == pixels_;
  token.word = token.pixel = static_cast<std::uint32_t>(pixel);
  token.y = static_cast<std::uint32_t>(pixel / map.sum_width);
  token.x = static_cast<std::uint32_t>(pixel % map.sum_width);
  token.batch = image;
}

void ImageReader::compute(const In& in) {
  next_ = now_;
  if (now_.out.token.valid) {
    next_.out.token = {};
    std::ranges::fill(next_.out.bytes, std::int16_t{OutputCrossbar::kNone});
  }
  const ArrayConfig& array = pipeline_.array;
  const std::uint64_t burst_words = array.dram_burst_bytes / array.dram_bytes_per_clock;
  if (!requests_.empty() && clock_ >= requests_.front() + array.dram_latency) {
    next_.there += array.dram_bytes_per_clock;
    if (++words_ == burst_words) {
      words_ = 0;
      requests_.pop_front();
    }
  }
  if (in.enabled) {
    request();
    if (may_take(in)) take();
  }
  if (!leaving_.empty() && leaving_.front().clock == clock_ + 1) {
    next_.taken = leaving_.front().taken;
    show_pixel(leaving_.front().image, leaving_.front().pixel);
    leaving_.pop_front();
  }
}

void ImageReader::commit() {
  now_ = next_;
  ++clock_;
}

}  // namespace colcomb::simulation::machine
