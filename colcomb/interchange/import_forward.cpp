#include "colcomb/interchange/import_forward.hpp"

#include <algorithm>
#include <cmath>

namespace colcomb::interchange {
namespace {

using Map = std::vector<float>;

Map normalized(std::span<const std::uint8_t> image, const InputDescription& input) {
  Map map(image.size());
  const std::size_t pixels = input.height * input.width;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const std::size_t c = i / pixels;
    map[i] = static_cast<float>((image[i] / 255.0 - input.mean[c]) / input.std[c]);
  }
  return map;
}

/// What a column delivers for every output pixel.
void gather(const Map& input, const LayerDescription& layer, const Column& column,
            std::span<float> plane) {
  const auto height = static_cast<std::ptrdiff_t>(layer.in_height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in_width);
  std::size_t pixel = 0;
  for (std::size_t out_y = 0; out_y < layer.out_height(); ++out_y) {
    const auto y = static_cast<std::ptrdiff_t>(out_y * layer.stride) + column.dy;
    for (std::size_t out_x = 0; out_x < layer.out_width(); ++out_x) {
      const auto x = static_cast<std::ptrdiff_t>(out_x * layer.stride) + column.dx;
      const bool inside = y >= 0 && x >= 0 && y < height && x < width;
      plane[pixel++] =
          inside ? input[static_cast<std::size_t>((column.channel * height + y) * width + x)] : 0;
    }
  }
}

void add_residual(const NetworkDescription& network, std::size_t index, const Map& source,
                  std::span<float> output) {
  const LayerDescription& layer = network.layer(index);
  const LayerDescription& from = network.layer(*layer.residual);
  const std::size_t s = residual_stride(network, index);
  std::size_t i = 0;
  for (std::size_t n = 0; n < from.out_channels; ++n) {
    for (std::size_t y = 0; y < layer.out_height(); ++y) {
      for (std::size_t x = 0; x < layer.out_width(); ++x)
        output[i++] += source[(n * from.out_height() + y * s) * from.out_width() + x * s];
    }
  }
}

Map run_layer(const ImportedModel& model, std::size_t index, const Map& input,
              const std::vector<Map>& outputs) {
  const LayerDescription& layer = model.network.description.layer(index);
  const FloatLayer& numbers = model.network.layer(index);
  const std::size_t pixels = layer.out_height() * layer.out_width();
  Map output(layer.out_channels * pixels, 0.0F);
  Map plane(pixels);
  // Zeros, masked or not, take no time: fixed layers and pruned ones are mostly zeros.
  for (std::size_t m = 0; m < layer.columns.size(); ++m) {
    bool gathered = false;
    for (std::size_t n = 0; n < layer.out_channels; ++n) {
      const float weight = numbers.weights(n, m);
      if (weight == 0) continue;
      if (!gathered) gather(input, layer, layer.columns[m], plane);
      gathered = true;
      float* const row = output.data() + n * pixels;
      for (std::size_t i = 0; i < pixels; ++i) row[i] += weight * plane[i];
    }
  }
  for (std::size_t n = 0; n < layer.out_channels; ++n) {
    float scale = 1;
    float offset = 0;
    if (numbers.batch_norm) {
      const BatchNorm& norm = *numbers.batch_norm;
      scale = static_cast<float>(norm.weight[n] / std::sqrt(norm.variance[n] + kBatchNormEpsilon));
      offset = norm.bias[n] - norm.mean[n] * scale;
    } else {
      offset = numbers.bias[n];
    }
    for (float& value : std::span(output).subspan(n * pixels, pixels))
      value = value * scale + offset;
  }
  if (layer.residual)
    add_residual(model.network.description, index, outputs[*layer.residual], output);
  const auto limit = static_cast<float>(model.limits[index]);
  for (float& value : output) value = std::isnan(value) ? value : std::clamp(value, 0.0F, limit);
  return output;
}

}  // namespace

void forward_hidden(const ImportedModel& model, std::span<const std::uint8_t> image,
                    const std::function<void(std::size_t, std::span<const float>)>& see) {
  std::vector<Map> outputs;
  outputs.reserve(model.limits.size());
  Map input = normalized(image, model.network.description.input);
  for (std::size_t i = 0; i < model.limits.size(); ++i) {
    outputs.push_back(run_layer(model, i, i == 0 ? input : outputs.back(), outputs));
    see(i, outputs.back());
  }
}

}  // namespace colcomb::interchange
