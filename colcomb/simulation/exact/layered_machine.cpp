#include "colcomb/simulation/exact/layered_machine.hpp"

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/empty_values.hpp"
#include "colcomb/simulation/exact/output_quantizer.hpp"

namespace colcomb::simulation {
namespace {

std::size_t image_count(const QuantizedNetwork& network, std::span<const std::uint8_t> images) {
  const InputDescription& input = network.description.input;
  return images.size() / input.size();
}

const LayerDescription& last_hidden(const QuantizedNetwork& network) {
  return network.description.hidden.back();
}

}  // namespace

LayeredMachine::LayeredMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                               const TileProgram& program, std::span<const std::uint8_t> images,
                               bool plain, Probe* probe)
    : network_(network),
      config_(config),
      shape_(array_shape(config)),
      records_(program, config.order),
      storage_(network, config, program, images),
      dram_(network, config, records_, storage_),
      sequencer_(network, config, records_, config.batch * last_hidden(network).out_channels),
      loader_(shape_),
      shift_(config.columns, [this](const WordToken& token, std::size_t column,
                                    LineBytes& lines) { read_lines(token, column, lines); }),
      west_(config.rows, config.accumulation_bits,
            [this](const WordToken& token, std::size_t row) {
              return read_accumulation(token, row);
            }),
      order_(config.rows),
      pooling_(config.batch, last_hidden(network).out_channels,
               last_hidden(network).out_height() * last_hidden(network).out_width(),
               network.pooling.fraction_bits,
               [this](std::size_t image, std::size_t filter, std::uint8_t mean) {
                 keep_pooled(image, filter, mean);
               }),
      front_(make_front(shape_, plain)),
      values_(empty_values(network, image_count(network, images))),
      probe_(probe) {
  storage_.observe(probe);
}

void LayeredMachine::run_batches(std::uint64_t batches) {
  const std::uint64_t tiles = batches * records_.program().tiles.size();
  for (std::uint64_t done = 0; done < tiles;) {
    while (done < tiles && records_[done].last_result) ++done;
    if (done < tiles) step();
  }
}

void LayeredMachine::write_rest(std::uint64_t batches) {
  dram_.write_rest(batches * records_.program().tiles.size());
}

/// Every block reads what the others held when the clock began; events carry their clocks for that.
void LayeredMachine::step() {
  if (probe_ != nullptr) {
    const TileRecord& tile = records_[sequencer_.tile()];
    probe_->clock(clock_, tile.position, *front_);
  }
  take_results();
  dram_.compute(clock_);
  if (const auto tile = sequencer_.begin_load(clock_))
    loader_.begin(clock_, weight_codes(records_[*tile]));
  if (const auto token = sequencer_.issue(clock_)) {
    shift_.issue(*token);
    west_.issue(*token);
    order_.issue(*token);
    TileRecord& tile = records_[token->tile];
    if (token->first_of_tile) ++tile.activity.tiles;
    ++tile.activity.input_words;
  }
  loader_.compute(clock_, *front_);
  shift_.compute(clock_, *front_);
  west_.compute(clock_, *front_);
  pooling_.compute(clock_);
  front_->step();
  storage_.commit();
  ++clock_;
}

void LayeredMachine::take_results() {
  for (const RowResult& result : front_->results()) take(result);
}

void LayeredMachine::take(const RowResult& result) {
  const WordToken token = order_.next(result.row);
  TileRecord& record = records_[token.tile];
  const Tile& tile = *record.tile;
  if (result.row >= tile.rows) return;
  if (result.row + 1 == tile.rows && token.word + 1 == tile.words) record.last_result = clock_;
  if (!tile.last) {
    if (!record.first_partial) record.first_partial = clock_;
    storage_.write_partial_sum(record, result.row, token.word, result.value);
    record.activity.partial_sum_write_bytes += config_.accumulation_bits / 8;
    return;
  }
  const std::size_t filter = tile.row_begin + result.row;
  const LayerDescription& layer = network_.description.layer(tile.layer);
  const WordPlace place = place_of(layer, tile.word_begin + token.word);
  if (network_.is_classifier(tile.layer)) {
    const std::int32_t logit = signed_value(result.value, config_.accumulation_bits);
    tell({clock_, record.batch, tile.layer, false, filter, 0, logit}, place.image);
    if (semantics::ImageValues* values = values_of(record.batch, place.image))
      values->logits[filter] = logit;
    return;
  }
  const std::uint8_t byte = quantize_bits(result.value, config_.accumulation_bits,
                                          network_.layer(tile.layer).fraction_bits);
  storage_.write_output(record, filter, place, byte);
  ++record.activity.data_write_bytes;
  keep_output(record, filter, place, byte);
  if (network_.description.is_pooled(tile.layer)) pooling_.add(clock_, place.image, filter, byte);
}

void LayeredMachine::read_lines(const WordToken& token, std::size_t column, LineBytes& lines) {
  TileRecord& record = records_[token.tile];
  const Tile& tile = *record.tile;
  lines.clear();
  if (column >= tile.groups) return;
  const LayerDescription& layer = network_.description.layer(tile.layer);
  const WordPlace place = place_of(layer, tile.word_begin + token.word);
  for (const std::uint32_t m :
       network_.layer(tile.layer).weights.groups.groups[tile.group_begin + column])
    lines.push_back(storage_.input(record, layer.columns[m], place));
  record.activity.data_read_bytes += lines.size();
}

std::uint32_t LayeredMachine::read_accumulation(const WordToken& token, std::size_t row) {
  TileRecord& record = records_[token.tile];
  const Tile& tile = *record.tile;
  if (row >= tile.rows) return 0;
  if (!tile.first) {
    record.activity.partial_sum_read_bytes += config_.accumulation_bits / 8;
    return storage_.partial_sum(record, row, token.word);
  }
  const QuantizedLayer& layer = network_.layer(tile.layer);
  const std::size_t filter = tile.row_begin + row;
  auto value = static_cast<std::uint32_t>(layer.bias[filter]);
  const WordPlace place =
      place_of(network_.description.layer(tile.layer), tile.word_begin + token.word);
  if (const auto added = storage_.residual(record, filter, place)) {
    value += std::uint32_t{*added} << layer.fraction_bits;
    ++record.activity.residual_read_bytes;
  }
  return value;
}

Matrix<std::uint64_t> LayeredMachine::weight_codes(TileRecord& record) const {
  const Tile& tile = *record.tile;
  const auto& weights = network_.layer(tile.layer).weights;
  Matrix<std::uint64_t> codes(tile.rows, config_.columns);
  std::uint64_t nonzeros = 0;
  for (std::size_t row = 0; row < tile.rows; ++row) {
    for (std::size_t group = 0; group < tile.groups; ++group) {
      const std::size_t filter = tile.row_begin + row;
      const std::size_t g = tile.group_begin + group;
      codes(row, group) =
          weight_code(shape_, weights.values(filter, g), weights.selects(filter, g));
      if (weights.values(filter, g) != 0) ++nonzeros;
    }
  }
  record.activity.weight_load_bits += codes.size() * shape_.weight_bits;
  record.activity.useful_macs += nonzeros * tile.words;
  record.activity.wasted_macs += (config_.rows * config_.columns - nonzeros) * tile.words;
  return codes;
}

void LayeredMachine::tell(ValueWrite write, std::size_t image) {
  if (probe_ == nullptr) return;
  write.image = write.image * config_.batch + image;
  probe_->value(write);
}

semantics::ImageValues* LayeredMachine::values_of(std::uint64_t batch, std::size_t image) {
  const std::uint64_t at = batch * config_.batch + image;
  return at < values_.size() ? &values_[at] : nullptr;
}

void LayeredMachine::keep_output(const TileRecord& tile, std::size_t filter, const WordPlace& place,
                                 std::uint8_t value) {
  tell({clock_, tile.batch, tile.tile->layer, false, filter, place.pixel, value}, place.image);
  semantics::ImageValues* const values = values_of(tile.batch, place.image);
  if (values == nullptr) return;
  semantics::Map& map = values->outputs[tile.tile->layer];
  map.values[filter * map.pixels() + place.pixel] = value;
}

void LayeredMachine::keep_pooled(std::size_t image, std::size_t filter, std::uint8_t mean) {
  sequencer_.pooled(clock_);
  storage_.write_pooled(pooled_batch_, image, filter, mean);
  tell({clock_, pooled_batch_, network_.hidden.size(), true, filter, 0, mean}, image);
  if (semantics::ImageValues* values = values_of(pooled_batch_, image))
    values->pooled[filter] = mean;
  if (++pooled_count_ == config_.batch * last_hidden(network_).out_channels) {
    pooled_count_ = 0;
    ++pooled_batch_;
  }
}

}  // namespace colcomb::simulation
