#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "colcomb/base/random.hpp"
#include "colcomb/rtl/pipeline_hardware.hpp"
#include "colcomb/simulation/machine/image_reader.hpp"
#include "colcomb/simulation/machine/line_rings.hpp"
#include "colcomb/simulation/machine/output_crossbar.hpp"
#include "tests/rtl/pipeline/pipeline_blocks.hpp"
#include "tests/rtl/pipeline/random_pipeline.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::ImageReader;
using simulation::machine::OutputCrossbar;

constexpr std::uint64_t kImages = 3;

std::vector<std::uint8_t> random_bytes(Random& random, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return bytes;
}

/// A random pipeline's image reader with an external memory, and places that are freed at random.
class ImageReaderModel : public BlockModel {
 public:
  ImageReaderModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        drawn_(random_pipeline(parameters.at("pipeline"))),
        pipeline_(tiling::compile_pipeline(drawn_.network, drawn_.config)),
        hardware_(rtl::pipeline_hardware(pipeline_, kImages, "random")),
        images_(random_bytes(random_, kImages * pipeline_.image_bytes())),
        base_(pipeline_.array.dram_bytes_per_clock * random_.below(2)),
        reader_(pipeline_, images_),
        on_their_way_(pipeline_.array.dram_latency) {}

  std::vector<Wire> inputs() const override {
    return {{"enabled", 1},
            {"base", hardware_.dram_bits},
            {"images", hardware_.image_bits},
            {"freed", hardware_.counter_bits},
            {"dram_word", 8 * pipeline_.array.dram_bytes_per_clock}};
  }
  std::vector<Wire> outputs() const override {
    return {{"dram_read", 1},
            {"dram_address", hardware_.dram_bits},
            {"pixel", 1},
            {"place", hardware_.address_bits},
            {"bytes", 8 * pipeline_.reader.array.rows}};
  }
  std::string where() const override {
    return fmt::format("clock {}, {} bursts, {} pixels", clock_, reader_.out().bursts, shown_);
  }

  void clock(WireValues& in, WireValues& out) override {
    // Enabled in all clocks but the first ones.
    const bool enabled = clock_ >= begin_;
    if (random_.below(200) == 0) pace_ = random_.below(3) * random_.below(40);
    if (random_.below(pace_ + 1) == 0) freed_ = std::min(shown_, freed_ + 1);
    in.put(enabled);
    in.put(base_, hardware_.dram_bits);
    in.put(kImages, hardware_.image_bits);
    in.put(freed_, hardware_.counter_bits);
    // A word that is asked for in this clock comes `latency` clocks later.
    put_word(in, on_their_way_.front());
    on_their_way_.pop_front();
    on_their_way_.push_back(asks(enabled) ? std::optional(words_) : std::nullopt);
    if (on_their_way_.back()) ++words_;
    reader_.compute({freed_, enabled});
    reader_.commit();
    ++clock_;
    const ImageReader::Out& found = reader_.out();
    // What the registers ask for then, with what still is on the inputs.
    const bool next = asks(enabled);
    out.put(next);
    out.put_if(next, address_of(words_), hardware_.dram_bits);
    out.put(found.token.valid);
    const std::uint64_t ring = pipeline_.stages.front().input.pixels;
    out.put_if(found.token.valid,
               static_cast<std::uint64_t>(
                   simulation::machine::ring_place(static_cast<std::int64_t>(shown_), ring)),
               hardware_.address_bits);
    for (const std::int16_t byte : found.bytes) {
      if (found.token.valid && byte != OutputCrossbar::kNone)
        out.put(static_cast<std::uint64_t>(byte), 8);
      else
        out.put_unknown(8);
    }
    if (found.token.valid) ++shown_;
  }

 private:
  [[nodiscard]] std::uint64_t burst_words() const {
    return pipeline_.array.dram_burst_bytes / pipeline_.array.dram_bytes_per_clock;
  }
  /// Whether a DRAM word is asked for in this clock: of a burst that is requested in it, as the
  /// simulator's reader does, or before.
  [[nodiscard]] bool asks(bool enabled) const {
    ImageReader ahead = reader_;
    ahead.compute({freed_, enabled});
    ahead.commit();
    return words_ < ahead.out().bursts * burst_words();
  }
  /// Word `word` counted on over the images, of which the last repeats.
  [[nodiscard]] std::uint64_t offset_of(std::uint64_t word) const {
    const std::uint64_t bytes = word * pipeline_.array.dram_bytes_per_clock;
    const std::uint64_t size = pipeline_.image_bytes();
    return std::min(bytes / size, kImages - 1) * size + bytes % size;
  }
  [[nodiscard]] std::uint64_t address_of(std::uint64_t word) const {
    return (base_ + offset_of(word)) % (std::uint64_t{1} << hardware_.dram_bits);
  }
  void put_word(WireValues& in, const std::optional<std::uint64_t>& word) {
    for (std::size_t b = 0; b < pipeline_.array.dram_bytes_per_clock; ++b)
      in.put(word ? images_[offset_of(*word) + b] : random_.below(256), 8);
  }

  Random random_;
  RandomPipeline drawn_;
  tiling::Pipeline pipeline_;
  rtl::PipelineHardware hardware_;
  std::vector<std::uint8_t> images_;
  std::uint64_t base_;
  ImageReader reader_;
  std::deque<std::optional<std::uint64_t>> on_their_way_;
  std::uint64_t words_ = 0;  // asked for
  std::uint64_t shown_ = 0;  // pixels
  std::uint64_t freed_ = 0;
  std::uint64_t clock_ = 0;
  std::uint64_t begin_ = 1 + random_.below(5);
  std::uint64_t pace_ = 0;
};

}  // namespace

std::unique_ptr<BlockModel> make_image_reader(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<ImageReaderModel>(parameters, seed);
}

}  // namespace colcomb::tests
