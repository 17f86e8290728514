#include "colcomb/simulation/exact/first_difference.hpp"

#include <fmt/format.h>

#include "colcomb/base/check.hpp"
#include "colcomb/semantics/image_values.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"

namespace colcomb::simulation {
namespace {

std::optional<Difference> differ(const QuantizedNetwork& network,
                                 const semantics::ImageValues& expected,
                                 const semantics::ImageValues& found) {
  Difference difference;
  for (std::size_t layer = 0; layer < expected.outputs.size(); ++layer) {
    const semantics::Map& map = expected.outputs[layer];
    COLCOMB_CHECK(found.outputs[layer].values.size() == map.values.size(), "maps differ in shape");
    for (std::size_t i = 0; i < map.values.size(); ++i) {
      if (found.outputs[layer].values[i] == map.values[i]) continue;
      difference.layer = layer;
      difference.filter = i / map.pixels();
      difference.y = i % map.pixels() / map.width;
      difference.x = i % map.width;
      difference.expected = map.values[i];
      difference.found = found.outputs[layer].values[i];
      return difference;
    }
  }
  difference.layer = network.hidden.size();
  for (std::size_t i = 0; i < expected.pooled.size(); ++i) {
    if (found.pooled[i] == expected.pooled[i]) continue;
    difference.pooled = true;
    difference.filter = i;
    difference.expected = expected.pooled[i];
    difference.found = found.pooled[i];
    return difference;
  }
  for (std::size_t i = 0; i < expected.logits.size(); ++i) {
    if (found.logits[i] == expected.logits[i]) continue;
    difference.filter = i;
    difference.expected = expected.logits[i];
    difference.found = found.logits[i];
    return difference;
  }
  return std::nullopt;
}

/// Waits for one value.
class WriteFinder : public Probe {
 public:
  WriteFinder(const Difference& difference, std::size_t width)
      : difference_(difference), pixel_(difference.y * width + difference.x) {}

  void value(const ValueWrite& write) override {
    if (write.image == difference_.image && write.layer == difference_.layer &&
        write.pooled == difference_.pooled && write.filter == difference_.filter &&
        write.pixel == pixel_)
      clock_ = write.clock;
  }
  [[nodiscard]] std::optional<std::uint64_t> clock() const { return clock_; }
  using Probe::clock;

 private:
  const Difference& difference_;
  std::size_t pixel_;
  std::optional<std::uint64_t> clock_;
};

}  // namespace

std::optional<Difference> first_difference(const QuantizedNetwork& network,
                                           std::span<const semantics::ImageValues> expected,
                                           std::span<const semantics::ImageValues> found) {
  COLCOMB_CHECK(expected.size() == found.size(), "as many images of each");
  for (std::size_t image = 0; image < expected.size(); ++image) {
    if (auto difference = differ(network, expected[image], found[image])) {
      difference->image = image;
      return difference;
    }
  }
  return std::nullopt;
}

std::optional<Difference> first_difference(const QuantizedNetwork& network,
                                           const ArrayConfig& config,
                                           std::span<const std::uint8_t> images,
                                           std::span<const semantics::ImageValues> found) {
  auto difference = first_difference(network, semantics::image_values(network, images, 1), found);
  if (!difference) return std::nullopt;
  const LayerDescription& layer = network.description.layer(difference->layer);
  WriteFinder finder(*difference, layer.out_width());
  static_cast<void>(simulate_exact(network, config, images, {.probe = &finder}));
  difference->clock = finder.clock();
  return difference;
}

std::string describe(const Difference& difference, const QuantizedNetwork& network) {
  const std::string& layer = network.description.layer(difference.layer).name;
  const bool linear = network.is_classifier(difference.layer);
  const std::string place = difference.pooled ? fmt::format("pooled channel {}", difference.filter)
                            : linear          ? fmt::format("class {}", difference.filter)
                                     : fmt::format("filter {}, pixel ({}, {})", difference.filter,
                                                   difference.y, difference.x);
  const std::string clock =
      difference.clock ? fmt::format(", written in clock {}", *difference.clock) : std::string();
  return fmt::format("image {}, layer {}, {}{}: {} instead of {}", difference.image, layer, place,
                     clock, difference.found, difference.expected);
}

}  // namespace colcomb::simulation
