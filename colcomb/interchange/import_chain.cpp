#include "colcomb/interchange/import_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/interchange/import_functions.hpp"
#include "colcomb/interchange/import_groups.hpp"

namespace colcomb::interchange {
namespace {

/// 1 GiB of weights: twice the largest convolutional networks in use.
constexpr std::size_t kMostEntriesInAll = std::size_t{1} << 28;

bool is_plain(const Window& w, std::size_t stride, const Shape& in) {
  return w.kernel_height == w.kernel_width && w.kernel_height % 2 == 1 && w.kernel_height <= 31 &&
         w.dilation_height == 1 && w.dilation_width == 1 && w.pad_top == w.kernel_height / 2 &&
         w.pad_left == w.pad_top && w.out_height == (in.height + stride - 1) / stride &&
         w.out_width == (in.width + stride - 1) / stride;
}

/// The same function of its input with kBatchNormEpsilon: the weight makes up for the difference.
BatchNorm with_our_epsilon(const ModelNorm& model) {
  BatchNorm norm = model;
  for (std::size_t n = 0; n < norm.weight.size(); ++n) {
    const double variance = norm.variance[n];
    norm.weight[n] = static_cast<float>(
        norm.weight[n] * std::sqrt((variance + kBatchNormEpsilon) / (variance + model.epsilon)));
  }
  return norm;
}

Matrix<std::uint8_t> mask_of_zeros(const Matrix<float>& weights) {
  if (std::ranges::find(weights.values(), 0.0F) == weights.values().end()) return {};
  Matrix<std::uint8_t> mask(weights.rows(), weights.cols());
  std::ranges::transform(weights.values(), mask.values().begin(),
                         [](float w) { return w != 0 ? std::uint8_t{1} : std::uint8_t{0}; });
  return mask;
}

/// The map's parts, each of one layer or the image.
std::vector<MapValue> single_maps(const MapValue& map) {
  std::vector<MapValue> maps = {map};
  maps[0].joined.clear();
  for (const MapValue& other : map.joined) maps.push_back(other);
  return maps;
}

std::vector<float> to_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

void fold_norm(Product& product) {
  if (!product.norm) return;
  const ModelNorm& norm = *product.norm;
  for (std::size_t n = 0; n < product.weights.rows(); ++n) {
    const double scale = norm.weight[n] / std::sqrt(norm.variance[n] + norm.epsilon);
    for (float& weight : product.weights.row(n)) weight = static_cast<float>(weight * scale);
    product.bias[n] = norm.bias[n] + (product.bias[n] - norm.mean[n]) * scale;
  }
  product.norm.reset();
}

/// Weights, mask and groups of the product; the layer's alpha is at least that of the groups.
void take_weights(Product& product, LayerDescription& layer, FloatLayer& numbers) {
  numbers.mask = mask_of_zeros(product.weights);
  numbers.weights = std::move(product.weights);
  if (!product.groups) return;
  numbers.groups = groups_within_parts(*product.groups, layer);
  for (const auto& group : numbers.groups->groups)
    layer.alpha = std::max(layer.alpha, group.size());
}

void require_reasonable(std::size_t rows, std::size_t columns) {
  constexpr std::size_t kMost = std::size_t{1} << 27;
  if (rows > kMost / std::max<std::size_t>(columns, 1)) {
    throw Unsupported{
        fmt::format("its filter matrix is {} x {}: must have at most 2^27 entries", rows, columns)};
  }
}

ChainBuilder::ChainBuilder(const InputDescription& input, std::size_t alpha,
                           std::set<std::string> unpooled)
    : alpha_(alpha),
      builder_(input),
      input_shape_{input.channels, input.height, input.width},
      input_(input),
      unpooled_(std::move(unpooled)) {}

void ChainBuilder::require_there(const MapValue& map) {
  if (!map.layer) return;
  const LayerDescription& layer = builder_.hidden()[*map.layer];
  if (map.pooled == layer.pooling.has_value()) return;
  read_unpooled_.insert(layer.name);
  throw Unsupported{fmt::format("reads layer {} in front of its pooling", layer.name)};
}

void ChainBuilder::normalize_input(const MapValue& map) {
  if (map.layer || map.scale.empty()) return;
  normalizes_ = true;
  for (std::size_t c = 0; c < input_.channels; ++c) {
    // scale * (p - mean) / std + offset = (p - mean') / std'
    input_.mean[c] -= map.offset[c] * input_.std[c] / map.scale[c];
    input_.std[c] /= map.scale[c];
  }
}

void ChainBuilder::read(const MapValue& map) {
  for (const MapValue& each : single_maps(map)) {
    require_there(each);
    if (each.layer) {
      read_[*each.layer] = true;
    } else if (!network_.hidden.empty()) {
      throw Unsupported{fmt::format("reads the image, as layer {} does: one layer alone may",
                                    builder_.hidden().front().name)};
    }
  }
}

std::string ChainBuilder::unique_name(const std::string& name) const {
  const auto taken = [this](const std::string& wanted) {
    return std::ranges::any_of(builder_.hidden(),
                               [&](const LayerDescription& layer) { return layer.name == wanted; });
  };
  std::string result = name;
  for (std::size_t i = 2; taken(result); ++i) result = fmt::format("{}_{}", name, i);
  return result;
}

Shape ChainBuilder::shape_of(const MapValue& map) const {
  if (!map.layer) return input_shape_;
  const LayerDescription& layer = builder_.hidden()[*map.layer];
  Shape shape{layer.out_channels, layer.out_height(), layer.out_width()};
  if (!map.pooled) {
    shape.height = layer.sum_height();
    shape.width = layer.sum_width();
  }
  for (const MapValue& other : map.joined)
    shape.channels += builder_.hidden()[*other.layer].out_channels;
  return shape;
}

bool ChainBuilder::may_be_negative(const MapValue& map) const {
  return std::ranges::any_of(single_maps(map), [this](const MapValue& each) {
    return each.layer && signed_[*each.layer];
  });
}

double ChainBuilder::limit_of(const MapValue& map) const {
  double limit = 0;
  for (const MapValue& each : single_maps(map)) limit = std::max(limit, limits_[*each.layer]);
  return limit;
}

Product ChainBuilder::identity_of(const MapValue& map) const {
  const Shape shape = shape_of(map);
  require_reasonable(shape.channels, shape.channels);
  Product product;
  product.source = map;
  product.weights = Matrix<float>(shape.channels, shape.channels);
  for (std::size_t c = 0; c < shape.channels; ++c) product.weights(c, c) = 1;
  product.bias.assign(shape.channels, 0);
  product.window.out_height = shape.height;
  product.window.out_width = shape.width;
  return product;
}

LayerDescription ChainBuilder::start_layer(const std::string& name) const {
  LayerDescription layer = builder_.next(unique_name(name));
  layer.alpha = network_.hidden.empty() ? 1 : alpha_;
  layer.batch_norm = false;
  return layer;
}

std::size_t ChainBuilder::push(LayerDescription description, FloatLayer layer, double limit) {
  builder_.append(std::move(description));
  network_.hidden.push_back(std::move(layer));
  limits_.push_back(limit);
  read_.push_back(false);
  signed_.push_back(false);
  functions_.emplace_back();
  tied_to_.push_back(last());
  weights_names_.emplace_back();
  return last();
}

void ChainBuilder::tie(std::size_t layer, std::size_t other) {
  const std::size_t kept = std::min(tied_to_[layer], tied_to_[other]);
  const std::size_t replaced = std::max(tied_to_[layer], tied_to_[other]);
  std::ranges::replace(tied_to_, replaced, kept);
}

MapValue ChainBuilder::whole(const std::string& name, const MapValue& map) {
  if (!map.averaged) return map;
  const Shape in = shape_of(map);
  MapValue read = map;
  read.averaged = false;
  if (in.height * in.width == 1) return read;
  constexpr std::size_t kMost = 256;
  if (in.height > kMost || in.width > kMost) {
    throw Unsupported{fmt::format("takes the mean over {} x {} pixels: must be at most {} x {}",
                                  in.height, in.width, kMost, kMost)};
  }
  return append_pooling(
      name + ".mean", read,
      {.kind = PoolingKind::kMean, .kernel_height = in.height, .kernel_width = in.width});
}

double ChainBuilder::limit_of_tied(std::size_t layer) const {
  double limit = kNoLimit;
  for (std::size_t i = 0; i < tied_to_.size(); ++i) {
    if (tied_to_[i] == tied_to_[layer]) limit = std::min(limit, limits_[i]);
  }
  return limit;
}

MapValue ChainBuilder::append_signed(Product product) {
  if (std::isfinite(product.upper))
    throw Unsupported{
        fmt::format("the output of {} ends at {} and may be negative: a ReLU must follow",
                    product.name, product.upper)};
  product.is_signed = true;
  return append(std::move(product), kNoLimit);
}

MapValue ChainBuilder::append_function(Product product, ScalarFunction function) {
  product.is_signed = gives_negatives(function);
  product.function = std::move(function);
  return append(std::move(product), kNoLimit);
}

MapValue ChainBuilder::append(Product product, double limit) {
  if (!product.residual) return append_layer(std::move(product), limit);
  MapValue residual;
  residual.layer = product.residual;
  residual.pooled = product.residual_pooled;
  read(residual);
  // The sum has the scale of its source, and a scale has one end.
  const double tied = limit_of_tied(*product.residual);
  if (limit == tied) return append_layer(std::move(product), limit);
  if (limit > tied) {
    read_residual_as_columns(product, residual);
    return append_layer(std::move(product), limit);
  }
  const std::string name = product.name + ".clip";
  const std::vector<PoolingWindow> poolings = std::exchange(product.poolings, {});
  const MapValue sum = append_layer(std::move(product), tied);
  Product clip = identity_of(sum);
  clip.name = name;
  clip.poolings = poolings;
  return append_layer(std::move(clip), limit);
}

/// Columns have no scale in common with their rows, as a residual source has.
void ChainBuilder::read_residual_as_columns(Product& product, const MapValue& residual) {
  if (!product.source.layer) {
    throw Unsupported{fmt::format(
        "its {} ends higher than the output of {}, which is added to it and ends at {}: must end "
        "there too, or lower",
        product.function ? "activation function" : "ReLU",
        builder_.hidden()[*product.residual].name, limit_of_tied(*product.residual))};
  }
  fold_norm(product);
  const Product same = identity_of(residual);
  const Matrix<float> weights = std::move(product.weights);
  require_reasonable(weights.rows(), weights.cols() + same.weights.cols());
  product.weights = Matrix<float>(weights.rows(), weights.cols() + same.weights.cols());
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    std::ranges::copy(weights.row(n), product.weights.row(n).begin());
    std::ranges::copy(same.weights.row(n), product.weights.row(n).subspan(weights.cols()).begin());
  }
  product.groups = groups_side_by_side(product.groups, weights.cols(), {}, same.weights.cols());
  product.conv_groups = 1;
  product.more.push_back({residual, same.window, same.stride});
  product.residual.reset();
}

MapValue ChainBuilder::append_layer(Product product, double limit) {
  const std::string& name = product.name;
  product.source = whole(name, product.source);
  for (ProductInput& input : product.more) input.source = whole(name, input.source);
  read(product.source);
  for (const ProductInput& input : product.more) {
    COLCOMB_CHECK(input.source.layer && product.source.layer, "sums of products read layers");
    read(input.source);
  }
  normalize_input(product.source);
  entries_ += product.weights.size();
  if (entries_ > kMostEntriesInAll) {
    throw Unsupported{
        fmt::format("the filter matrices have {} entries up to here: at most 2^28", entries_),
        "choose a smaller network"};
  }
  LayerDescription layer = start_layer(name);
  layer.out_channels = product.weights.rows();
  set_inputs(layer, product);
  layer.residual = product.residual;
  FloatLayer numbers;
  take_weights(product, layer, numbers);
  if (product.norm) {
    layer.batch_norm = true;
    numbers.batch_norm = with_our_epsilon(*product.norm);
  } else {
    numbers.bias = to_floats(product.bias);
  }
  MapValue map;
  map.layer = push(std::move(layer), std::move(numbers), limit);
  weights_names_.back() = printable(product.weights_name);
  signed_[*map.layer] = product.is_signed;
  functions_[*map.layer] = product.function;
  // With a function it is the sum that has the source's scale, not the output.
  if (product.residual && !product.function) tie(*map.layer, *product.residual);
  for (const PoolingWindow& pooling : product.poolings) map = append_pooling(name, map, pooling);
  return map;
}

/// What the layer reads and how, and its columns.
void ChainBuilder::set_inputs(LayerDescription& layer, const Product& product) {
  std::vector<InputPart> parts;
  const auto add = [&](const MapValue& source, const Window& window, std::size_t stride) {
    for (const MapValue& map : single_maps(source)) {
      const Shape in = shape_of(map);
      InputPart part{map.layer.value_or(0), in.channels, in.height, in.width, 1, stride, window};
      for (Column column : window_columns(in.channels, window)) {
        column.channel += static_cast<std::int32_t>(layer.in_channels);
        layer.columns.push_back(column);
      }
      layer.in_channels += in.channels;
      if (is_plain(window, stride, in)) {
        part.kernel = window.kernel_height;
        part.window.reset();
      }
      parts.push_back(part);
    }
  };
  layer.in_channels = 0;
  add(product.source, product.window, product.stride);
  for (const ProductInput& input : product.more) add(input.source, input.window, input.stride);
  if (parts.size() > kMaxInputParts)
    throw Unsupported{
        fmt::format("reads {} maps: must read at most {}", parts.size(), kMaxInputParts)};
  const InputPart& first = parts.front();
  layer.in_height = first.height;
  layer.in_width = first.width;
  layer.kernel = first.kernel;
  layer.stride = first.stride;
  layer.window = first.window;
  if (product.source.layer && first.source != last()) layer.source = first.source;
  layer.more_inputs.assign(parts.begin() + 1, parts.end());
  // Zeros between the groups stay zeros by their mask.
  layer.conv_groups = parts.size() == 1 ? product.conv_groups : 1;
}

/// A layer that gives `map`, which one layer gives, again.
std::size_t ChainBuilder::append_identity(const std::string& name, const MapValue& map) {
  read(map);
  LayerDescription layer = start_layer(name);
  const Product product = identity_of(map);
  set_inputs(layer, product);
  const std::size_t channels = layer.in_channels;
  layer.fixed = true;
  layer.out_channels = channels;
  FloatLayer numbers;
  numbers.weights = product.weights;
  numbers.bias.assign(channels, 0);
  numbers.groups.emplace();
  for (std::size_t c = 0; c < channels; ++c) {
    if (c % alpha_ == 0) numbers.groups->groups.emplace_back();
    numbers.groups->groups.back().push_back(static_cast<std::uint32_t>(c));
  }
  numbers.mask = mask_of_zeros(numbers.weights);
  const std::size_t added = push(std::move(layer), std::move(numbers), kNoLimit);
  tie(added, *map.layer);
  signed_[added] = signed_[*map.layer];
  return added;
}

MapValue ChainBuilder::append_pooling(const std::string& name, const MapValue& map,
                                      const PoolingWindow& pooling) {
  const std::vector<MapValue> maps = single_maps(map);
  MapValue pooled = pool_one(name, maps.front(), pooling);
  for (std::size_t i = 1; i < maps.size(); ++i)
    pooled.joined.push_back(pool_one(name, maps[i], pooling));
  return pooled;
}

MapValue ChainBuilder::pool_one(const std::string& name, const MapValue& map,
                                const PoolingWindow& pooling) {
  require_there(map);
  if (may_be_negative(map) && pooling.count_padding)
    throw Unsupported{"takes means over the padding of a signed map: a ReLU must come first"};
  const LayerDescription& layer = builder_.hidden()[*map.layer];
  const WordGrid words{layer.sum_height(), layer.sum_width(), pooling};
  const bool beyond = words.height() > layer.sum_height() || words.width() > layer.sum_width();
  const bool can_have = !layer.pooling && !read_[*map.layer] && !unpooled_.contains(layer.name) &&
                        !(layer.residual && beyond);
  MapValue pooled;
  pooled.layer = can_have ? *map.layer : append_identity(name + ".pooled", map);
  builder_.pool(*pooled.layer, pooling);
  pooled.pooled = true;
  return pooled;
}

MapValue ChainBuilder::as_one_layer(const std::string& name, const MapValue& map) {
  if (map.joined.empty() && (!map.layer || *map.layer == last())) return map;
  MapValue read = map;
  read.averaged = false;
  Product product = identity_of(read);
  product.name = name + ".joined";
  product.is_signed = may_be_negative(map);
  MapValue one = append_layer(std::move(product), kNoLimit);
  one.averaged = map.averaged;
  return one;
}

void ChainBuilder::finish(Product product) {
  const std::string& name = product.name;
  if (network_.hidden.empty() || !product.source.layer) {
    throw Unsupported{
        "gives the output straight from the image: at least one layer with ReLU must come before"};
  }
  if (!product.more.empty())
    throw Unsupported{"gives the output: must be a matrix product, not a sum of two"};
  product.source = as_one_layer(name, product.source);
  read(product.source);
  if (product.residual || !product.poolings.empty() || std::isfinite(product.upper))
    throw Unsupported{"gives the output: must be a matrix product, with nothing added or pooled"};
  fold_norm(product);
  const Shape in = shape_of(product.source);
  const Window& w = product.window;
  bool flat = false;  // reads the whole map, without global pooling
  if (!product.source.averaged && in.height * in.width > 1) {
    const bool covers = w.kernel_height == in.height && w.kernel_width == in.width &&
                        w.dilation_height == 1 && w.dilation_width == 1 && w.pad_top == 0 &&
                        w.pad_left == 0 && w.out_height == 1 && w.out_width == 1;
    if (!covers)
      throw Unsupported{"gives the output: must be one vector of the whole map, not a map"};
    flat = true;
  } else if (w.kernel_height * w.kernel_width > 1 || w.out_height * w.out_width > 1) {
    throw Unsupported{"gives the output: must read a 1 x 1 map by one tap"};
  }
  const std::string classifier = unique_name(name);
  const std::size_t classes = product.weights.rows();
  network_.description =
      flat ? std::move(builder_).finish_flat(classes) : std::move(builder_).finish(classes);
  network_.description.classifier.name = classifier;
  network_.description.input = input_;
  FloatLayer& numbers = network_.classifier;
  take_weights(product, network_.description.classifier, numbers);
  numbers.bias = to_floats(product.bias);
}

void ChainBuilder::finish(const std::string& name, const MapValue& map) {
  Product product = identity_of(map);
  product.name = name + ".logits";
  product.window = {};
  finish(std::move(product));
}

void ChainBuilder::move_into(ImportedModel& model) {
  COLCOMB_CHECK(network_.description.classifier.out_channels > 0, "the chain is not finished");
  model.network = std::move(network_);
  model.limits = std::move(limits_);
  model.tied_to = std::move(tied_to_);
  model.weights_names = std::move(weights_names_);
  model.is_signed = std::move(signed_);
  model.functions = std::move(functions_);
  model.normalizes = normalizes_;
}

}  // namespace colcomb::interchange
