#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/interchange/export_forms.hpp"
#include "colcomb/interchange/export_kernel.hpp"
#include "colcomb/interchange/export_steps.hpp"

namespace colcomb::interchange {
namespace {

/// What padding adds: kernel / 2 pixels on each side, as Conv's own zeros if all values are 0.
bool is_zero(const std::vector<std::uint8_t>& values) {
  for (const std::uint8_t value : values) {
    if (value != 0) return false;
  }
  return true;
}

// Maps lie channels first, as usual for float graphs. In the QDQ form every tensor between layers
// is unsigned 8-bit with the activations' step, so `map` below always names the quantized tensor;
// in the float form it names the float one.
class FloatForms {
 public:
  FloatForms(OnnxWriter& writer, const QuantizedNetwork& network, bool qdq,
             const std::string& where)
      : writer_(writer), network_(network), qdq_(qdq), where_(where) {}

  void write() {
    if (qdq_) {
      writer_.scalar("activation.zero", std::uint8_t{0});
      writer_.scalar("weight.zero", std::int8_t{0});
      writer_.scalar("bias.zero", std::int32_t{0});
      writer_.scalar("kernel.step", 1.0F);
    }
    writer_.scalar("activation.step", static_cast<float>(kActivationScale));
    writer_.scalar("activation.low", 0.0F);
    writer_.scalar("activation.high", static_cast<float>(255 * kActivationScale));
    std::string map = reshaped_image(writer_, kImage, network_.description.input, kChannelsFirst);
    if (!qdq_) {
      map = writer_.node(
          "Mul", "input.real",
          {writer_.cast("input.float", map, onnx::TensorProto::FLOAT), "activation.step"});
    }
    image_ = map;
    for (std::size_t i = 0; i < network_.hidden.size(); ++i) {
      map = hidden_layer(i);
      maps_.push_back(map);
    }
    if (network_.description.global_pooling) {
      linear_layer(pooled(map), "pooling.step");
    } else {
      linear_layer(map, "activation.step");
    }
  }

 private:
  [[nodiscard]] const LayerDescription& description(std::size_t i) const {
    return network_.description.layer(i);
  }

  /// The real values of a map.
  std::string real(const std::string& map, const std::string& step = "activation.step") {
    if (!qdq_) return map;
    const std::string name = fmt::format("{}.real{}", map, uses_++);
    return writer_.node("DequantizeLinear", name, {map, step, "activation.zero"});
  }

  /// The map of ReLU6's real values `value` before their clamp.
  std::string activation(const std::string& name, const std::string& value,
                         const std::string& step = "activation.step",
                         const std::string& high = "activation.high") {
    return qdq_ ? writer_.node("QuantizeLinear", name, {value, step, "activation.zero"})
                : writer_.node("Clip", name, {value, "activation.low", high});
  }

  /// The scales of a layer's weights: one, or one for each row.
  struct Steps {
    std::vector<double> values;
    std::string weights;  // the tensors of them, QDQ
    std::string zeros;

    [[nodiscard]] double of(std::size_t row) const { return values[values.size() == 1 ? 0 : row]; }
  };

  /// A constant of one value per row, or a scalar if it is the same for all.
  template <class T>
  std::string per_row(const std::string& name, const std::vector<T>& values) {
    return values.size() == 1 ? writer_.scalar(name, values.front())
                              : writer_.constant(name, values);
  }

  Steps weight_steps(std::size_t i) {
    const QuantizedLayer& layer = network_.layer(i);
    const std::string name = description(i).name + "/weights";
    Steps steps{{}, name + ".step", "weight.zero"};
    const std::size_t rows = layer.row_exponents.empty() ? 1 : layer.bias.size();
    for (std::size_t n = 0; n < rows; ++n)
      steps.values.push_back(std::ldexp(1.0, -static_cast<int>(layer.row_fraction_bits(n))));
    per_row(steps.weights, std::vector<float>(steps.values.begin(), steps.values.end()));
    if (qdq_ && rows > 1)
      steps.zeros = writer_.constant(name + ".zeros", std::vector<std::int8_t>(rows, 0));
    return steps;
  }

  /// DequantizeLinear of integers, by one scale or by one for each index of the first axis.
  std::string dequantized(const std::string& name, const std::string& step, const std::string& zero,
                          std::size_t steps) {
    std::vector<Attribute> attributes;
    if (steps > 1) attributes.push_back({"axis", std::int64_t{0}});
    return writer_.node("DequantizeLinear", name, {name + ".integers", step, zero}, attributes);
  }

  std::string weights(const std::string& name, const Dimensions& shape,
                      const std::vector<std::int8_t>& values, const Steps& steps) {
    if (!qdq_) {
      const std::size_t rows = static_cast<std::size_t>(shape.front());
      std::vector<float> floats;
      for (std::size_t at = 0; at < values.size(); ++at)
        floats.push_back(static_cast<float>(values[at] * steps.of(at / (values.size() / rows))));
      return writer_.constant<float>(name, shape, floats);
    }
    writer_.constant<std::int8_t>(name + ".integers", shape, values);
    return dequantized(name, steps.weights, steps.zeros, steps.values.size());
  }

  /// The bias, in units of `unit` times the weights' steps, without the rounding constant, since
  /// QuantizeLinear rounds by itself.
  std::string bias(std::size_t i, double unit, const Steps& steps) {
    const QuantizedLayer& layer = network_.layer(i);
    const std::string name = description(i).name + "/bias";
    const bool hidden = !network_.is_classifier(i);
    std::vector<std::int32_t> integers;
    std::vector<float> floats;
    for (std::size_t n = 0; n < layer.bias.size(); ++n) {
      const std::uint32_t f = layer.row_fraction_bits(n);
      const std::int64_t constant = hidden && f > 0 ? std::int64_t{1} << (f - 1) : 0;
      const std::int64_t value = layer.bias[n] - constant;
      if (value < std::numeric_limits<std::int32_t>::min()) {
        throw file_error(where_, fmt::format("layer {}: bias {}", description(i).name, n),
                         fmt::to_string(layer.bias[n]),
                         "less the rounding constant must fit 32 bits in the QDQ and float forms");
      }
      integers.push_back(static_cast<std::int32_t>(value));
      floats.push_back(static_cast<float>(static_cast<double>(value) * unit * steps.of(n)));
    }
    if (!qdq_) return writer_.constant(name, floats);
    writer_.constant(name + ".integers", integers);
    std::vector<float> scales;
    for (const double step : steps.values) scales.push_back(static_cast<float>(unit * step));
    per_row(name + ".step", scales);
    const std::string zero =
        scales.size() == 1
            ? "bias.zero"
            : writer_.constant(name + ".zeros", std::vector<std::int32_t>(scales.size(), 0));
    return dequantized(name, name + ".step", zero, scales.size());
  }

  /// A layer, or the part of one that reads one map.
  struct Reader {
    std::string name;  // in front of its nodes' names
    const QuantizedLayer& layer;
    const LayerDescription& description;
  };

  /// A map with its border, and the pads that are left for Conv to add.
  std::string padded(const Reader& reader, const std::string& map, const Border& border,
                     Dimensions& pads) {
    const std::vector<std::uint8_t> values = padding_that_matters(reader.layer, reader.description);
    if (border.top + border.bottom + border.left + border.right == 0) return map;
    if (is_zero(values)) {
      pads = {border.top, border.left, border.bottom, border.right};
      return map;
    }
    const std::string name = reader.name + "/border";
    return qdq_ ? bordered<std::uint8_t>(writer_, name, map, kChannelsFirst, border, values)
                : bordered<float>(writer_, name, map, kChannelsFirst, border, in_reals(values));
  }

  static std::vector<float> in_reals(const std::vector<std::uint8_t>& values) {
    std::vector<float> reals;
    for (const std::uint8_t value : values)
      reals.push_back(static_cast<float>(value * kActivationScale));
    return reals;
  }

  struct Convolution {
    std::string name;
    Taps taps;
    std::int64_t stride, groups;
    Dimensions pads = Dimensions(4, 0);

    [[nodiscard]] Dimensions kernel() const {
      return {static_cast<std::int64_t>(taps.height), static_cast<std::int64_t>(taps.width)};
    }
  };
  std::string convolution(const Convolution& c, const std::vector<std::string>& inputs) {
    std::vector<Attribute> attributes = {{"kernel_shape", c.kernel()},
                                         {"strides", Dimensions{c.stride, c.stride}},
                                         {"pads", c.pads},
                                         {"group", c.groups}};
    if (c.taps.dilation_height * c.taps.dilation_width > 1) {
      attributes.push_back(
          {"dilations", Dimensions{static_cast<std::int64_t>(c.taps.dilation_height),
                                   static_cast<std::int64_t>(c.taps.dilation_width)}});
    }
    return writer_.node("Conv", c.name, inputs, attributes);
  }

  /// Each channel at its own offset: a depthwise convolution by a single 1.
  std::string shifted(const Reader& reader, const std::string& map) {
    const LayerDescription& layer = reader.description;
    const std::string name = reader.name + "/shift";
    const std::size_t reach = layer.kernel / 2;
    Convolution shift{name,
                      {layer.kernel, layer.kernel, 1, 1, reach, reach},
                      static_cast<std::int64_t>(layer.stride),
                      static_cast<std::int64_t>(layer.in_channels)};
    const std::string input = padded(reader, map, border_of(layer, shift.taps), shift.pads);
    const auto side = static_cast<std::int64_t>(layer.kernel);
    const std::string kernel = weights(name + ".kernel", {shift.groups, 1, side, side},
                                       shift_kernel(layer), {{1.0}, "kernel.step", "weight.zero"});
    return activation(name + ".output", convolution(shift, {real(input), kernel}));
  }

  /// The product of one map, with the bias if it is not empty.
  std::string product(const Reader& reader, const std::string& input, const Steps& steps,
                      const std::string& with_bias) {
    const LayerDescription& layer = reader.description;
    const std::string& name = reader.name;
    const bool channels_once = !layer.window && reads_each_channel_once(layer);
    const bool shifts = channels_once && !all_at_center(layer);
    const auto stride = static_cast<std::int64_t>(shifts ? 1 : layer.stride);
    Convolution conv{name + "/sum", channels_once ? Taps{} : taps_of(layer), stride,
                     static_cast<std::int64_t>(layer.conv_groups)};
    const Border border = shifts ? Border{} : border_of(layer, conv.taps);
    const std::string map =
        shifts ? shifted(reader, input) : padded(reader, input, border, conv.pads);
    const std::string w = weights(name + "/weights",
                                  {static_cast<std::int64_t>(layer.out_channels),
                                   static_cast<std::int64_t>(layer.in_channels) / conv.groups,
                                   conv.kernel()[0], conv.kernel()[1]},
                                  dense_kernel(reader.layer, layer, conv.taps, where_), steps);
    std::vector<std::string> inputs = {real(map), w};
    if (!with_bias.empty()) inputs.push_back(with_bias);
    const std::string sums = convolution(conv, inputs);
    return shifts ? sums
                  : first_outputs(writer_, name + "/first_sums", sums, layer, conv.taps, border);
  }

  std::string hidden_layer(std::size_t i) {
    const LayerDescription& layer = description(i);
    const std::string& name = layer.name;
    const Steps steps = weight_steps(i);
    const std::vector<LayerPart> parts = parts_of(network_.description, i);
    std::string sum;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const std::string& input = parts[p].source ? maps_[*parts[p].source] : image_;
      if (parts.size() == 1) {
        sum = product({name, network_.layer(i), layer}, input, steps,
                      bias(i, kActivationScale, steps));
        break;
      }
      const QuantizedLayer own = layer_of_part(network_.layer(i), parts[p]);
      const std::string part = fmt::format("{}/input{}", name, p);
      const std::string more = product({part, own, parts[p].reader}, input, steps,
                                       p == 0 ? bias(i, kActivationScale, steps) : std::string());
      sum = p == 0 ? more : writer_.node("Add", part + "/products", {sum, more});
    }
    if (layer.residual) sum = writer_.node("Add", name + "/residual_sum", {sum, residual(i)});
    if (layer.pooling) return windows(layer, hidden_activation(layer, name + "/activation", sum));
    return hidden_activation(layer, name + "/output", sum);
  }

  /// The map of the layer's sums `sum`, by ReLU6 or the layer's activation table.
  std::string hidden_activation(const LayerDescription& layer, const std::string& name,
                                const std::string& sum) {
    if (!layer.activation) return activation(name, sum);
    if (qdq_) return looked_up(writer_, layer, activation(name + ".sums", sum));
    return on_lines(writer_, layer, name, sum);
  }

  /// Maxima and means over a layer's pooling windows.
  std::string windows(const LayerDescription& layer, const std::string& map) {
    const std::string& name = layer.name;
    const WindowPads pads = window_pads(layer);
    std::vector<Attribute> attributes = {
        {"kernel_shape", pads.kernel}, {"strides", pads.strides}, {"pads", pads.pads}};
    const bool means = layer.pooling->kind == PoolingKind::kMean;
    if (means)
      attributes.push_back({"count_include_pad", std::int64_t{layer.pooling->count_padding}});
    const std::string pooled =
        writer_.node(means ? "AveragePool" : "MaxPool", name + "/windows", {real(map)}, attributes);
    const std::string kept = first_windows(writer_, name + "/first_windows", pooled, layer);
    return qdq_ ? activation(name + "/output", kept) : kept;
  }

  /// The residual source's real values; zeros in the rows beyond its channels.
  std::string residual(std::size_t i) {
    const LayerDescription& layer = description(i);
    const std::string name = layer.name + "/residual";
    const std::string map = real(strided(writer_, name + ".pixels", maps_[*layer.residual],
                                         kChannelsFirst, residual_stride(network_.description, i),
                                         description(*layer.residual), layer));
    const std::size_t channels = description(*layer.residual).out_channels;
    if (channels == layer.out_channels) return map;
    const auto more = static_cast<std::int64_t>(layer.out_channels - channels);
    return writer_.node(
        "Pad", name,
        {map, writer_.constant(name + ".pads", Dimensions{0, 0, 0, 0, 0, more, 0, 0}),
         "activation.low"});
  }

  /// batch x channels x 1 x 1, at the activations' step times 2^-pooling_fraction_bits.
  std::string pooled(const std::string& map) {
    const double step =
        std::ldexp(kActivationScale, -static_cast<int>(network_.pooling.fraction_bits));
    writer_.scalar("pooling.step", static_cast<float>(step));
    if (!qdq_) writer_.scalar("pooling.high", static_cast<float>(255 * step));
    const std::string mean = writer_.node("GlobalAveragePool", "pooling.mean", {real(map)});
    return activation("pooling.output", mean, "pooling.step", "pooling.high");
  }

  /// N x M weights for the flattened map, in the order (channel, y, x).
  std::vector<std::int8_t> flat_weights(const LayerDescription& layer) {
    const Matrix<std::int8_t> given = unpack(network_.classifier.weights);
    const std::size_t plane = layer.in_height * layer.in_width;
    Matrix<std::int8_t> flat(given.rows(), layer.in_channels * plane);
    std::vector<bool> taken(flat.cols());
    for (std::size_t m = 0; m < given.cols(); ++m) {
      const Column& column = layer.columns[m];
      const std::size_t place = static_cast<std::size_t>(column.channel) * plane +
                                static_cast<std::size_t>(column.dy) * layer.in_width +
                                static_cast<std::size_t>(column.dx);
      if (taken[place]) {
        throw file_error(where_, fmt::format("layer {}: columns", layer.name), "",
                         "must read each value once in the QDQ and float forms");
      }
      taken[place] = true;
      for (std::size_t n = 0; n < given.rows(); ++n) flat(n, place) = given(n, m);
    }
    return {flat.values().begin(), flat.values().end()};
  }

  void linear_layer(const std::string& input, const std::string& input_step) {
    const std::size_t i = network_.hidden.size();
    const LayerDescription& layer = description(i);
    const Steps steps = weight_steps(i);
    const auto classes = static_cast<std::int64_t>(layer.out_channels);
    const std::string w =
        weights(layer.name + "/weights", {classes, static_cast<std::int64_t>(layer.input_size())},
                flat_weights(layer), steps);
    const std::string flat =
        writer_.node("Flatten", layer.name + "/flat", {real(input, input_step)});
    writer_.node("Gemm", kScores, {flat, w, bias(i, logit_scale(network_) / steps.of(0), steps)},
                 {{"transB", std::int64_t{1}}});
    writer_.output(kScores, onnx::TensorProto::FLOAT, {classes});
  }

  OnnxWriter& writer_;
  const QuantizedNetwork& network_;
  const bool qdq_;
  const std::string& where_;
  std::string image_;
  std::vector<std::string> maps_;  // outputs of the hidden layers so far
  std::size_t uses_ = 0;           // each use of a map has a DequantizeLinear of its own
};

}  // namespace

void write_float_forms(OnnxWriter& writer, const QuantizedNetwork& network, OnnxForm form,
                       const std::string& where) {
  FloatForms(writer, network, form == OnnxForm::kQdq, where).write();
}

}  // namespace colcomb::interchange
