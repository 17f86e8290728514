#include "colcomb/base/random.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/pace.hpp"
#include "tests/rtl/blocks/window_layers.hpp"

namespace colcomb::tests {
namespace {

/// Rows of words of any layer, pixel by pixel, some of them broken off.
class WindowSideModel : public BlockModel {
 public:
  WindowSideModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        windows_(parameters.at("Windows")),
        pixel_bits_(parameters.at("PixelBits")),
        count_bits_(parameters.at("CountBits")),
        pace_(random_, 1) {}

  std::vector<Wire> inputs() const override {
    return {{"step", 1},
            {"first", 1},
            {"first_windows", count_bits_},
            {"next_begin", pixel_bits_},
            {"first_end", pixel_bits_},
            {"stride", pixel_bits_},
            {"out", pixel_bits_}};
  }
  std::vector<Wire> outputs() const override {
    return {{"holds", windows_}, {"begins", windows_}, {"ends", windows_}, {"ended", pixel_bits_}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool step = pace_.sends();
    if (step && (++pixel_ >= width_ || random_.below(100) == 0)) begin_row();
    in.put(step);
    in.put(step ? pixel_ == 0 : random_.below(2));
    in.put(side_.end_with(0), count_bits_);
    in.put(side_.stride - side_.padding % side_.stride, pixel_bits_);
    in.put(side_.last(0), pixel_bits_);
    in.put(side_.stride, pixel_bits_);
    in.put(side_.out, pixel_bits_);
    const WindowSlots slots = width_ > 0 ? slots_of(side_, pixel_, windows_) : WindowSlots{};
    out.put(slots.holds, windows_);
    out.put(slots.begins, windows_);
    out.put(slots.ends, windows_);
    out.put_if(slots.ends != 0, side_.completed_by(pixel_).value_or(0), pixel_bits_);
  }

 private:
  void begin_row() {
    const LayerSetup layer = random_window_layer(random_, PoolingKind::kMax, windows_);
    side_ = layer.pooling->horizontal();
    width_ = layer.words().width();
    pixel_ = 0;
  }

  Random random_;
  std::size_t windows_;
  std::size_t pixel_bits_;
  std::size_t count_bits_;
  Pace pace_;
  PoolingSide side_;
  std::size_t width_ = 0;  // 0: no row yet
  std::size_t pixel_ = 0;
};

}  // namespace

std::unique_ptr<BlockModel> make_window_side(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<WindowSideModel>(parameters, seed);
}

}  // namespace colcomb::tests
