#include "colcomb/simulation/exact/layer_array.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "colcomb/simulation/exact/geometry.hpp"
#include "colcomb/tiling/schedule.hpp"

namespace colcomb::simulation {
namespace {

ArrayShape own_shape(const QuantizedLayer& layer, const ArrayConfig& config) {
  return array_shape(config, layer.weights.rows(),
                     std::max<std::size_t>(1, layer.weights.groups.size()), config.alpha);
}

}  // namespace

LayerArray::LayerArray(const QuantizedNetwork& network, const ArrayConfig& config,
                       std::size_t layer, InFlightImages flights, Result result, bool plain)
    : network_(network),
      description_(network.description.layer(layer)),
      layer_(network.layer(layer)),
      index_(layer),
      reads_means_(network.is_classifier(layer) && network.description.global_pooling),
      shape_(own_shape(layer_, config)),
      nonzeros_(count_nonzeros(layer_.weights.values)),
      in_flight_(std::move(flights)),
      result_(std::move(result)),
      loader_(shape_),
      shift_(shape_.columns, [this](const WordToken& token, std::size_t column,
                                    LineBytes& lines) { read_lines(token, column, lines); }),
      west_(shape_.rows, shape_.accumulation_bits,
            [this](const WordToken& token, std::size_t row) {
              return read_accumulation(token, row);
            }),
      order_(shape_.rows),
      front_(make_front(shape_, plain)) {
  find_needs();
}

void LayerArray::find_needs() {
  const std::size_t words = description_.words().words();
  for (std::size_t word = 0; word < words; ++word) {
    const WordPlace place = place_of(description_, word);
    std::set<std::size_t> pixels;
    for (const auto& group : layer_.weights.groups.groups) {
      for (const std::uint32_t m : group) {
        if (const auto pixel = input_pixel(description_, description_.columns[m], place))
          pixels.insert(*pixel);
      }
    }
    Needs needs{{pixels.begin(), pixels.end()}, std::nullopt};
    if (description_.residual) {
      needs.residual = residual_pixel(network_.description, index_, place);
    }
    needs_.push_back(std::move(needs));
  }
}

std::uint64_t LayerArray::load_cycles() const {
  return shape_.rows * shape_.load_clocks;
}

bool LayerArray::reads_input() const {
  return std::ranges::any_of(needs_, [](const Needs& needs) { return !needs.pixels.empty(); });
}

void LayerArray::begin_load(std::uint64_t clock) {
  Matrix<std::uint64_t> codes(shape_.rows, shape_.columns);
  for (std::size_t row = 0; row < shape_.rows; ++row) {
    for (std::size_t g = 0; g < layer_.weights.groups.size(); ++g)
      codes(row, g) =
          weight_code(shape_, layer_.weights.values(row, g), layer_.weights.selects(row, g));
  }
  activity_.weight_load_bits += codes.size() * shape_.weight_bits;
  loader_.begin(clock, std::move(codes));
}

bool LayerArray::may_go(std::uint64_t clock) {
  const InFlightImage& flight = in_flight_(image_);
  const Needs& needs = needs_[word_];
  if (reads_means_) return flight.means == flight.pooled.values.size() && flight.last_mean < clock;
  const std::vector<std::uint64_t>& there =
      index_ == 0 ? flight.arrived : flight.results[index_ - 1];
  for (const std::size_t pixel : needs.pixels) {
    if (there[pixel] >= clock) return false;
  }
  return !needs.residual || flight.results[*description_.residual][*needs.residual] < clock;
}

void LayerArray::compute(std::uint64_t clock, std::uint64_t zero, std::uint64_t counted) {
  clock_ = clock;
  counted_ = counted;
  for (const RowResult& result : front_->results()) {
    const WordToken token = order_.next(result.row);
    result_(token.tile, token.word, result.row, result.value);
    if (result.row + 1 < shape_.rows) continue;
    if (token.word + 1 == needs_.size()) in_flight_(token.tile).ended[index_] = clock;
    // Pooling windows have results of their own.
    if (!description_.pooling) in_flight_(token.tile).results[index_][token.word] = clock;
  }
  if (wait_ > 0) --wait_;
  if (wait_ == 0 && clock + kDecisionLead >= zero && may_go(clock)) {
    const bool very_first = image_ == 0 && word_ == 0;
    const WordToken token{clock, image_, word_, very_first};
    shift_.issue(token);
    west_.issue(token);
    order_.issue(token);
    in_flight_(image_).begins[index_][word_] = clock + kDecisionLead;
    if (image_ < counted) {
      if (word_ == 0) ++activity_.tiles;
      ++activity_.input_words;
      activity_.useful_macs += nonzeros_;
      activity_.wasted_macs += shape_.rows * shape_.columns - nonzeros_;
    }
    wait_ = shape_.interval;
    if (++word_ == needs_.size()) {
      word_ = 0;
      ++image_;
    }
  }
  loader_.compute(clock, *front_);
  shift_.compute(clock, *front_);
  west_.compute(clock, *front_);
}

void LayerArray::read_lines(const WordToken& token, std::size_t column, LineBytes& lines) {
  lines.clear();
  if (column >= layer_.weights.groups.size()) return;
  const InFlightImage& flight = in_flight_(token.tile);
  const InterLayerMap& map = reads_means_  ? flight.pooled
                             : index_ == 0 ? flight.image
                                           : flight.outputs[index_ - 1];
  const WordPlace place = place_of(description_, token.word);
  for (const std::uint32_t m : layer_.weights.groups.groups[column]) {
    const Column& tap = description_.columns[m];
    const auto channel = static_cast<std::size_t>(tap.channel);
    const auto pixel = input_pixel(description_, tap, place);
    lines.push_back(pixel ? map.read(channel, *pixel, clock_) : layer_.padding[channel]);
  }
  if (token.tile < counted_) activity_.data_read_bytes += lines.size();
}

std::uint32_t LayerArray::read_accumulation(const WordToken& token, std::size_t row) {
  auto value = static_cast<std::uint32_t>(layer_.bias[row]);
  const Needs& needs = needs_[token.word];
  if (needs.residual && tiling::residual_rows(network_.description, index_, row, 1) != 0) {
    const InterLayerMap& source = in_flight_(token.tile).outputs[*description_.residual];
    value += std::uint32_t{source.read(row, *needs.residual, clock_)} << layer_.fraction_bits;
    if (token.tile < counted_) ++activity_.residual_read_bytes;
  }
  return value;
}

}  // namespace colcomb::simulation
