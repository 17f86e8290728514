// A checkpoint as a graph of float operators: what import reads, written back.
#include <fmt/format.h>

#include <cmath>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/interchange/export_forms.hpp"
#include "colcomb/interchange/export_kernel.hpp"
#include "colcomb/interchange/export_steps.hpp"
#include "colcomb/interchange/weight_limits.hpp"

namespace colcomb::interchange {
namespace {

constexpr float kEnd = 6;  // of ReLU6

std::int64_t signed_of(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

class CheckpointForm {
 public:
  CheckpointForm(OnnxWriter& writer, const FloatNetwork& network)
      : writer_(writer), network_(network), description_(network.description) {}

  void write() {
    writer_.scalar("activation.low", 0.0F);
    writer_.scalar("activation.high", kEnd);
    writer_.scalar("activation.step", static_cast<float>(kActivationScale));
    image_ = normalized_image();
    for (std::size_t i = 0; i < network_.hidden.size(); ++i) maps_.push_back(hidden_layer(i));
    const std::size_t last = network_.hidden.size();
    std::string read = maps_.back();
    if (description_.global_pooling)
      read = writer_.node("GlobalAveragePool", "pooling.mean", {read});
    const LayerDescription& classifier = description_.classifier;
    const std::string sums = convolution(classifier.name, classifier,
                                         folded_weights(network_, last), 0, {read}, bias(last));
    writer_.node("Flatten", kScores, {sums});
    writer_.output(kScores, onnx::TensorProto::FLOAT, {signed_of(description_.classes)});
  }

 private:
  std::string normalized_image() {
    const InputDescription& input = description_.input;
    std::vector<float> scale, offset;
    for (std::size_t c = 0; c < input.channels; ++c) {
      scale.push_back(static_cast<float>(1 / (255 * input.std[c])));
      offset.push_back(static_cast<float>(input.mean[c] / input.std[c]));
    }
    const Dimensions shape{1, signed_of(input.channels), 1, 1};
    const std::string scaled =
        writer_.node("Mul", "input.scaled",
                     {writer_.cast("input.float", kImage, onnx::TensorProto::FLOAT),
                      writer_.constant<float>("input.scale", shape, scale)});
    const std::string normalized =
        writer_.node("Sub", "input.normalized",
                     {scaled, writer_.constant<float>("input.offset", shape, offset)});
    return reshaped_image(writer_, normalized, input, kChannelsFirst);
  }

  /// The layer's bias, or what its batch norm adds.
  std::string bias(std::size_t i) {
    const FloatLayer& layer = network_.layer(i);
    std::vector<float> values = layer.bias;
    if (layer.batch_norm) {
      const BatchNorm& norm = *layer.batch_norm;
      values.clear();
      for (std::size_t n = 0; n < norm.bias.size(); ++n)
        values.push_back(
            static_cast<float>(norm.bias[n] - static_cast<double>(norm.mean[n]) * norm.weight[n] /
                                                  std::sqrt(norm.variance[n] + kBatchNormEpsilon)));
    }
    return writer_.constant(description_.layer(i).name + "/bias", values);
  }

  struct ReadMap {
    std::string name;
    std::uint8_t zero = 0;  // the byte around it (LayerDescription::zero)
  };

  /// The map with its border, whose width is then 0.
  std::string bordered(const std::string& name, const ReadMap& map, Border& border) {
    const Dimensions pads{0, 0, border.top, border.left, 0, 0, border.bottom, border.right};
    border = {};
    return writer_.node(
        "Pad", name + "/padded",
        {map.name, writer_.constant(name + "/pads", pads),
         writer_.scalar(name + "/zero", static_cast<float>(map.zero * kActivationScale))});
  }

  /// The sums of the columns of `reader`, which are those of `weights` from `first` on.
  std::string convolution(const std::string& name, const LayerDescription& reader,
                          const Matrix<float>& weights, std::size_t first, const ReadMap& map,
                          const std::string& with_bias) {
    const Taps taps = taps_of(reader);
    const std::size_t count = taps.height * taps.width;
    const std::size_t channels = reader.in_channels / reader.conv_groups;
    const ConvGroups groups(reader);
    std::vector<float> kernel(reader.out_channels * channels * count);
    for (std::size_t k = 0; k < reader.columns.size(); ++k) {
      const Column& column = reader.columns[k];
      const std::size_t place =
          static_cast<std::size_t>(column.channel) % channels * count + tap_of(column, taps);
      for (std::size_t n = 0; n < reader.out_channels; ++n) {
        if (groups.connects(n, k)) kernel[n * channels * count + place] += weights(n, first + k);
      }
    }
    const Dimensions sides{signed_of(taps.height), signed_of(taps.width)};
    const std::string filter = writer_.constant<float>(
        name + "/weights",
        {signed_of(reader.out_channels), signed_of(channels), sides[0], sides[1]}, kernel);
    const Border around = border_of(reader, taps);
    Border border = around;
    std::vector<std::string> inputs = {map.zero == 0 ? map.name : bordered(name, map, border),
                                       filter};
    if (!with_bias.empty()) inputs.push_back(with_bias);
    const auto stride = signed_of(reader.stride);
    const std::string sums = writer_.node(
        "Conv", name + "/sum", inputs,
        {{"kernel_shape", sides},
         {"strides", Dimensions{stride, stride}},
         {"dilations", Dimensions{signed_of(taps.dilation_height), signed_of(taps.dilation_width)}},
         {"pads", Dimensions{border.top, border.left, border.bottom, border.right}},
         {"group", signed_of(reader.conv_groups)}});
    return first_outputs(writer_, name + "/first_sums", sums, reader, taps, around);
  }

  std::string hidden_layer(std::size_t i) {
    const LayerDescription& layer = description_.hidden[i];
    const Matrix<float> weights = folded_weights(network_, i);
    const std::vector<LayerPart> parts = parts_of(description_, i);
    std::string sum;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const auto& source = parts[p].source;
      const ReadMap map =
          source ? ReadMap{maps_[*source], description_.hidden[*source].zero} : ReadMap{image_};
      const std::string name =
          parts.size() == 1 ? layer.name : fmt::format("{}/input{}", layer.name, p);
      const std::string more = convolution(name, parts[p].reader, weights, parts[p].column_begin,
                                           map, p == 0 ? bias(i) : std::string());
      sum = p == 0 ? more : writer_.node("Add", name + "/products", {sum, more});
    }
    if (layer.residual) sum = writer_.node("Add", layer.name + "/residual_sum", {sum, residual(i)});
    const std::string output = layer.name + "/output";
    if (!layer.pooling) return activation(layer, output, sum);
    return pooled(layer, output, activation(layer, layer.name + "/activation", sum));
  }

  /// Of a layer's sums, by ReLU6 or its activation table.
  std::string activation(const LayerDescription& layer, const std::string& name,
                         const std::string& sum) {
    if (layer.activation) return on_lines(writer_, layer, name, sum);
    return writer_.node("Clip", name, {sum, "activation.low", "activation.high"});
  }

  std::string residual(std::size_t i) {
    const LayerDescription& layer = description_.hidden[i];
    const LayerDescription& source = description_.hidden[*layer.residual];
    const std::string name = layer.name + "/residual";
    const std::string map =
        strided(writer_, name + ".pixels", maps_[*layer.residual], kChannelsFirst,
                residual_stride(description_, i), source, layer);
    if (source.out_channels == layer.out_channels) return map;
    const auto more = signed_of(layer.out_channels - source.out_channels);
    return writer_.node(
        "Pad", name,
        {map, writer_.constant(name + ".pads", Dimensions{0, 0, 0, 0, 0, more, 0, 0}),
         "activation.low"});
  }

  std::string pooled(const LayerDescription& layer, const std::string& name,
                     const std::string& map) {
    const WindowPads pads = window_pads(layer);
    std::vector<Attribute> attributes = {
        {"kernel_shape", pads.kernel}, {"strides", pads.strides}, {"pads", pads.pads}};
    const bool means = layer.pooling->kind == PoolingKind::kMean;
    if (means)
      attributes.push_back({"count_include_pad", std::int64_t{layer.pooling->count_padding}});
    const std::string windows =
        writer_.node(means ? "AveragePool" : "MaxPool", layer.name + "/windows", {map}, attributes);
    return first_windows(writer_, name, windows, layer);
  }

  OnnxWriter& writer_;
  const FloatNetwork& network_;
  const NetworkDescription& description_;
  std::string image_;
  std::vector<std::string> maps_;  // outputs of the hidden layers so far
};

}  // namespace

void write_checkpoint_form(OnnxWriter& writer, const FloatNetwork& network) {
  CheckpointForm(writer, network).write();
}

}  // namespace colcomb::interchange
