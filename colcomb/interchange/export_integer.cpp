#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/interchange/export_forms.hpp"
#include "colcomb/interchange/export_steps.hpp"
#include "colcomb/interchange/export_windows.hpp"

namespace colcomb::interchange {
namespace {

// Maps lie channels last, so that a layer is one MatMulInteger of pixels x columns by constant
// columns x filters. ConvInteger would say the same, but ONNX Runtime runs it up to 20 times slower
// or, in 1.20, not at all with signed weights.

constexpr std::uint8_t kZeroPoint = 128;

/// A map and how its channels lie.
struct StoredMap {
  std::string tensor;
  ChannelOrder order;
};

class IntegerForm {
 public:
  IntegerForm(OnnxWriter& writer, const QuantizedNetwork& network)
      : writer_(writer), network_(network) {}

  void write() {
    const InputDescription& input = network_.description.input;
    const std::size_t s = input.reshape_stride;
    image_ = {reshaped_image(writer_, kImage, input, kChannelsLast),
              natural_order(input.channels * s * s)};
    for (std::size_t i = 0; i < network_.hidden.size(); ++i)
      maps_.push_back(hidden_layer(i, order_after(i)));
    StoredMap map = maps_.back();
    if (network_.description.global_pooling)
      map = {pooled(map.tensor), natural_order(description(network_.hidden.size()).in_channels)};
    linear_layer(map);
  }

 private:
  [[nodiscard]] const LayerDescription& description(std::size_t i) const {
    return network_.description.layer(i);
  }

  /// Stored order of layer i's output: as the first layer that reads it alone wants it.
  [[nodiscard]] ChannelOrder order_after(std::size_t i) const {
    if (!network_.description.is_pooled(i)) {
      for (std::size_t reader = i + 1; reader < network_.layer_count(); ++reader) {
        const bool alone = description(reader).more_inputs.empty() &&
                           description(reader).source.value_or(reader - 1) == i;
        if (alone) return reading_order(network_.layer(reader), description(reader));
      }
    }
    return natural_order(description(i).out_channels);
  }

  /// Pixels that the windows read outside the map.
  static Border border_of(const std::vector<ChannelWindow>& windows,
                          const LayerDescription& layer) {
    Border border;
    const auto last = [&layer](std::size_t size) {
      return static_cast<std::int64_t>((size - 1) * layer.stride);
    };
    const std::int64_t bottom =
        last(layer.sum_height()) + 1 - static_cast<std::int64_t>(layer.in_height);
    const std::int64_t right =
        last(layer.sum_width()) + 1 - static_cast<std::int64_t>(layer.in_width);
    for (const ChannelWindow& window : windows) {
      border.top = std::max<std::int64_t>(border.top, -window.dy);
      border.left = std::max<std::int64_t>(border.left, -window.dx);
      border.bottom = std::max(border.bottom, bottom + window.dy);
      border.right = std::max(border.right, right + window.dx);
    }
    return border;
  }

  /// A layer, or the part of one that reads one map.
  struct Reader {
    std::string name;  // in front of its nodes' names
    const QuantizedLayer& layer;
    const LayerDescription& description;
    const StoredMap& input;
  };

  /// What the columns deliver: batch x sum height x sum width x columns.
  std::string columns(const Reader& reader, const std::vector<ChannelWindow>& windows) {
    const LayerDescription& layer = reader.description;
    const StoredMap& input = reader.input;
    const ChannelWindow& first = windows.front();
    if (windows.size() == 1 && layer.stride == 1 && first.dy == 0 && first.dx == 0 &&
        first.count == layer.in_channels && layer.sum_height() == layer.in_height &&
        layer.sum_width() == layer.in_width) {
      return input.tensor;
    }
    const std::vector<std::uint8_t> padding = padding_that_matters(reader.layer, layer);
    std::vector<std::uint8_t> stored;
    for (const std::size_t c : input.order.order) stored.push_back(padding[c]);
    const Border border = border_of(windows, layer);
    const std::string map =
        bordered(writer_, reader.name + "/border", input.tensor, kChannelsLast, border, stored);
    const auto stride = static_cast<std::int64_t>(layer.stride);
    const std::string axes = writer_.constant(reader.name + "/window.axes", Dimensions{3, 1, 2});
    const std::string steps =
        writer_.constant(reader.name + "/window.steps", Dimensions{1, stride, stride});
    std::vector<std::string> parts;
    for (const ChannelWindow& window : windows) {
      const std::string name = fmt::format("{}/window{}", reader.name, parts.size());
      const auto channel = static_cast<std::int64_t>(window.first);
      const std::int64_t y = border.top + window.dy;
      const std::int64_t x = border.left + window.dx;
      const Dimensions end{channel + static_cast<std::int64_t>(window.count),
                           y + static_cast<std::int64_t>(layer.sum_height() - 1) * stride + 1,
                           x + static_cast<std::int64_t>(layer.sum_width() - 1) * stride + 1};
      parts.push_back(
          writer_.node("Slice", name,
                       {map, writer_.constant(name + ".first", Dimensions{channel, y, x}),
                        writer_.constant(name + ".end", end), axes, steps}));
    }
    if (parts.size() == 1) return parts.front();
    return writer_.node("Concat", reader.name + "/columns", parts, {{"axis", std::int64_t{3}}});
  }

  /// Columns times weights.
  std::string product(const Reader& reader, const ChannelOrder& output) {
    const auto [windows, weights] =
        windowed(reader.layer, reader.description, reader.input.order, output);
    // Unsigned with a zero point of 128: for signed weights ONNX Runtime uses an instruction that
    // saturates at 16 bits on processors without VNNI.
    std::vector<std::uint8_t> raised;
    raised.reserve(weights.values().size());
    for (const std::int8_t w : weights.values())
      raised.push_back(static_cast<std::uint8_t>(w + kZeroPoint));
    const std::string& name = reader.name;
    return writer_.node("MatMulInteger", name + "/multiply",
                        {columns(reader, windows),
                         writer_.constant<std::uint8_t>(name + "/weights",
                                                        {static_cast<std::int64_t>(weights.rows()),
                                                         static_cast<std::int64_t>(weights.cols())},
                                                        raised),
                         writer_.scalar(name + "/columns.zero", std::uint8_t{0}),
                         writer_.scalar(name + "/weights.zero", kZeroPoint)});
  }

  /// Accumulations without the residual: the parts' products plus bias. `pooled`: what the
  /// classifier reads behind global pooling.
  std::string accumulated(std::size_t i, const StoredMap* pooled, const ChannelOrder& output) {
    const std::string& name = description(i).name;
    const std::vector<LayerPart> parts = parts_of(network_.description, i);
    std::string sum;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const StoredMap& input = pooled != nullptr ? *pooled
                               : parts[p].source ? maps_[*parts[p].source]
                                                 : image_;
      if (parts.size() == 1) {
        sum = product({name, network_.layer(i), description(i), input}, output);
        break;
      }
      const QuantizedLayer own = layer_of_part(network_.layer(i), parts[p]);
      const std::string part = fmt::format("{}/input{}", name, p);
      const std::string more = product({part, own, parts[p].reader, input}, output);
      sum = p == 0 ? more : writer_.node("Add", part + "/products", {sum, more});
    }
    std::vector<std::int32_t> bias;
    for (const std::size_t n : output.order) bias.push_back(network_.layer(i).bias[n]);
    return writer_.node("Add", name + "/sum", {sum, writer_.constant(name + "/bias", bias)});
  }

  /// The residual source's values, times 2^f, in this layer's stored order.
  std::string residual(std::size_t i, const ChannelOrder& output) {
    const LayerDescription& layer = description(i);
    const StoredMap& source = maps_[*layer.residual];
    const std::string name = layer.name + "/residual";
    std::string map =
        strided(writer_, name + ".pixels", source.tensor, kChannelsLast,
                residual_stride(network_.description, i), description(*layer.residual), layer);
    const std::size_t channels = source.order.order.size();
    if (channels < output.order.size()) {  // a channel of zeros for the rows beyond the source's
      map = writer_.node(
          "Pad", name + ".zeros",
          {map, writer_.constant(name + ".zeros.pads", Dimensions{0, 0, 0, 0, 0, 0, 0, 1}),
           writer_.scalar(name + ".zeros.value", std::uint8_t{0})});
    }
    if (source.order != output) {
      std::vector<std::int64_t> places;
      for (const std::size_t n : output.order)
        places.push_back(
            static_cast<std::int64_t>(n < channels ? source.order.place[n] : channels));
      map = writer_.node("Gather", name + ".channels",
                         {map, writer_.constant(name + ".places", places)},
                         {{"axis", std::int64_t{3}}});
    }
    std::vector<std::int32_t> ones;  // 2^f of each row
    for (const std::uint32_t f : row_fraction_bits(i, output)) ones.push_back(1 << f);
    const std::string one = ones.size() == 1 ? writer_.scalar(name + ".one", ones.front())
                                             : writer_.constant(name + ".one", ones);
    return writer_.node("Mul", name,
                        {writer_.cast(name + ".wide", map, onnx::TensorProto::INT32), one});
  }

  /// f of each row in the order `output`; of a layer without row exponents one for all.
  [[nodiscard]] std::vector<std::uint32_t> row_fraction_bits(std::size_t i,
                                                             const ChannelOrder& output) const {
    const QuantizedLayer& layer = network_.layer(i);
    if (layer.row_exponents.empty()) return {layer.fraction_bits};
    std::vector<std::uint32_t> bits;
    for (const std::size_t n : output.order) bits.push_back(layer.row_fraction_bits(n));
    return bits;
  }

  /// clamp(acc >> f, 0, 255), f being each row's own: ReLU comes first, because only unsigned
  /// numbers can be shifted, and the upper clamp behind, where it is one for all rows.
  std::string requantized_rows(std::size_t i, const std::string& sum, const ChannelOrder& output) {
    const std::string& name = description(i).name;
    constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
    const std::string positive =
        writer_.node("Clip", name + "/relu",
                     {sum, writer_.scalar(name + "/relu.low", std::int32_t{0}),
                      writer_.scalar(name + "/relu.high", kMost)});
    const std::string shifted =
        writer_.node("BitShift", name + "/shift",
                     {writer_.cast(name + "/unsigned", positive, onnx::TensorProto::UINT32),
                      writer_.constant(name + "/shift.bits", row_fraction_bits(i, output))},
                     {{"direction", std::string("RIGHT")}});
    const std::string clamped =
        writer_.node("Min", name + "/clamp",
                     {shifted, writer_.scalar(name + "/clamp.high", std::uint32_t{255})});
    return writer_.cast(name + "/output", clamped, onnx::TensorProto::UINT8);
  }

  /// clamp(acc >> f, 0, 255): the clamp comes first, at 2^f times its bounds, because only unsigned
  /// numbers can be shifted.
  std::string requantized(std::size_t i, const std::string& sum, const ChannelOrder& output) {
    if (!network_.layer(i).row_exponents.empty()) return requantized_rows(i, sum, output);
    const std::string& name = description(i).name;
    const std::uint32_t f = network_.layer(i).fraction_bits;
    const std::string clamped =
        writer_.node("Clip", name + "/clamp",
                     {sum, writer_.scalar(name + "/clamp.low", std::int32_t{0}),
                      writer_.scalar(name + "/clamp.high",
                                     static_cast<std::int32_t>((std::uint32_t{256} << f) - 1))});
    std::string value = writer_.cast(name + "/unsigned", clamped, onnx::TensorProto::UINT32);
    if (f > 0) {
      value = writer_.node("BitShift", name + "/shift",
                           {value, writer_.scalar(name + "/shift.bits", f)},
                           {{"direction", std::string("RIGHT")}});
    }
    return writer_.cast(name + "/output", value, onnx::TensorProto::UINT8);
  }

  StoredMap hidden_layer(std::size_t i, const ChannelOrder& output) {
    std::string sum = accumulated(i, nullptr, output);
    if (description(i).residual) {
      sum = writer_.node("Add", description(i).name + "/residual_sum", {sum, residual(i, output)});
    }
    std::string map = requantized(i, sum, output);
    if (description(i).activation) map = looked_up(writer_, description(i), map, output.order);
    return {description(i).pooling ? windows(description(i), map) : map, output};
  }

  /// Maxima and rounded means over a layer's pooling windows, which ONNX's nodes take of maps that
  /// lie channels first.
  std::string windows(const LayerDescription& layer, const std::string& map) {
    const std::string& name = layer.name;
    const std::string turned = writer_.node("Transpose", name + "/windows.channels_first", {map},
                                            {{"perm", Dimensions{0, 3, 1, 2}}});
    const std::string pooled =
        layer.pooling->kind == PoolingKind::kMax ? maxima(layer, turned) : means(layer, turned);
    return writer_.node("Transpose", name + "/windows.channels_last", {pooled},
                        {{"perm", Dimensions{0, 2, 3, 1}}});
  }

  std::string maxima(const LayerDescription& layer, const std::string& map) {
    const WindowPads pads = window_pads(layer);
    const std::string most = writer_.node(
        "MaxPool", layer.name + "/windows", {map},
        {{"kernel_shape", pads.kernel}, {"strides", pads.strides}, {"pads", pads.pads}});
    return first_windows(writer_, layer.name + "/first_windows", most, layer);
  }

  /// floor((2 * sum + divisor) / (2 * divisor)): sums by a depthwise convolution with ones, whose
  /// floats are exact below 2^24, the rest in integers.
  std::string means(const LayerDescription& layer, const std::string& map) {
    const std::string name = layer.name + "/windows";
    const WindowPads pads = window_pads(layer);
    const auto channels = static_cast<std::int64_t>(layer.out_channels);
    const std::vector<float> ones(
        static_cast<std::size_t>(channels * pads.kernel[0] * pads.kernel[1]), 1.0F);
    const std::string sums =
        writer_.node("Conv", name + ".sums",
                     {writer_.cast(name + ".float", map, onnx::TensorProto::FLOAT),
                      writer_.constant<float>(name + ".ones",
                                              {channels, 1, pads.kernel[0], pads.kernel[1]}, ones)},
                     {{"kernel_shape", pads.kernel},
                      {"strides", pads.strides},
                      {"pads", pads.pads},
                      {"group", channels}});
    const std::string kept = first_windows(writer_, name + ".first", sums, layer);
    const PoolingWindow& pooling = *layer.pooling;
    std::vector<std::int32_t> divisors;
    std::vector<std::int32_t> doubled;
    for (std::size_t y = 0; y < pooling.out_height; ++y) {
      for (std::size_t x = 0; x < pooling.out_width; ++x) {
        divisors.push_back(static_cast<std::int32_t>(
            pooling.divisor(y, x, layer.sum_height(), layer.sum_width())));
        doubled.push_back(2 * divisors.back());
      }
    }
    const Dimensions shape{1, 1, static_cast<std::int64_t>(pooling.out_height),
                           static_cast<std::int64_t>(pooling.out_width)};
    const std::string twice =
        writer_.node("Mul", name + ".scaled",
                     {writer_.cast(name + ".whole", kept, onnx::TensorProto::INT32),
                      writer_.scalar(name + ".two", std::int32_t{2})});
    const std::string raised =
        writer_.node("Add", name + ".rounding",
                     {twice, writer_.constant<std::int32_t>(name + ".divisors", shape, divisors)});
    const std::string mean = writer_.node(
        "Div", name + ".mean",
        {raised, writer_.constant<std::int32_t>(name + ".twice_divisors", shape, doubled)});
    return writer_.cast(name + ".output", mean, onnx::TensorProto::UINT8);
  }

  /// min(floor((sum * 2^(k+1) + pixels) / (2 * pixels)), 255), batch x 1 x 1 x channels, in 64
  /// bits.
  std::string pooled(const std::string& map) {
    const auto pixels = static_cast<std::int64_t>(pooled_map(network_.description).pixels);
    const auto number = [this](const char* name, std::int64_t value) {
      return writer_.scalar(fmt::format("pooling.{}", name), value);
    };
    const std::string sum =
        writer_.node("ReduceSum", "pooling.sum",
                     {writer_.cast("pooling.wide", map, onnx::TensorProto::INT64),
                      writer_.constant("pooling.axes", Dimensions{1, 2})},
                     {{"keepdims", std::int64_t{1}}});
    const std::string doubled =
        writer_.node("Mul", "pooling.scaled",
                     {sum, number("scale", std::int64_t{2} << network_.pooling.fraction_bits)});
    const std::string raised =
        writer_.node("Add", "pooling.rounding", {doubled, number("pixels", pixels)});
    const std::string mean =
        writer_.node("Div", "pooling.mean", {raised, number("twice_pixels", 2 * pixels)});
    const std::string clamped = writer_.node("Min", "pooling.clamp", {mean, number("most", 255)});
    return writer_.cast("pooling.output", clamped, onnx::TensorProto::UINT8);
  }

  void linear_layer(const StoredMap& map) {
    const std::size_t i = network_.hidden.size();
    const ChannelOrder output = natural_order(description(i).out_channels);
    const std::string sum = accumulated(i, &map, output);
    const auto classes = static_cast<std::int64_t>(output.order.size());
    const std::string logits = writer_.node(
        "Reshape", kLogits, {sum, writer_.constant("logits.shape", Dimensions{0, classes})});
    writer_.node("Mul", kScores,
                 {writer_.cast("scores.logits", logits, onnx::TensorProto::FLOAT),
                  writer_.scalar("scores.step", static_cast<float>(logit_scale(network_)))});
    writer_.output(kLogits, onnx::TensorProto::INT32, {classes});
    writer_.output(kScores, onnx::TensorProto::FLOAT, {classes});
  }

  OnnxWriter& writer_;
  const QuantizedNetwork& network_;
  StoredMap image_;
  std::vector<StoredMap> maps_;  // outputs of the hidden layers so far
};

}  // namespace

void write_integer_form(OnnxWriter& writer, const QuantizedNetwork& network) {
  IntegerForm(writer, network).write();
}

}  // namespace colcomb::interchange
