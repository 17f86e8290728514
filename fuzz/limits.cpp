#include "fuzz/limits.hpp"

namespace colcomb::fuzzing {

std::size_t allowance(std::span<const std::byte> content, std::size_t growth) {
  return (std::size_t{1} << 20) + growth * content.size();
}

bool too_large(const NetworkDescription& network) {
  constexpr double kMostValues = 1 << 20;
  constexpr double kMostProducts = 1 << 23;
  const auto product = [](auto... factors) { return (1.0 * ... * static_cast<double>(factors)); };
  const InputDescription& input = network.input;
  double values = product(input.channels, input.height, input.width);
  double products = 0;
  for (const LayerDescription& layer : network.all()) {
    const double pixels = product(layer.words().height(), layer.words().width());
    values += pixels * (product(layer.columns.size()) + product(layer.out_channels));
    products += pixels * product(layer.columns.size(), layer.out_channels);
  }
  return values > kMostValues || products > kMostProducts;
}

std::vector<std::uint8_t> some_image(const InputDescription& input) {
  std::vector<std::uint8_t> image(input.channels * input.height * input.width);
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(37 * i + 11);
  return image;
}

}  // namespace colcomb::fuzzing
