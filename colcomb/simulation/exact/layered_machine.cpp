#include "colcomb/simulation/exact/layered_machine.hpp"

#include <algorithm>

#include "colcomb/tiling/program.hpp"

namespace colcomb::simulation {
namespace {

constexpr unsigned kWordBits = 32;

std::uint64_t word_id(std::size_t execution, std::uint64_t word) {
  return std::uint64_t{execution} << kWordBits | word;
}
std::size_t execution_of(std::uint64_t id) {
  return id >> kWordBits;
}
std::uint64_t word_of(std::uint64_t id) {
  return id & ((std::uint64_t{1} << kWordBits) - 1);
}

std::uint64_t longest_block(const TileProgram& program) {
  std::uint64_t words = 0;
  for (const Tile& tile : program.tiles) words = std::max(words, tile.words);
  return words;
}

}  // namespace

LayeredMachine::LayeredMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                               const TileProgram& program, std::span<const std::uint8_t> images)
    : network_(network),
      config_(config),
      program_(program),
      unit_(config, *this),
      memory_(config.bytes_per_clock),
      partial_sums_(config.rows * longest_block(program)),
      partial_owner_(config.rows * longest_block(program)),
      cycles_(program.tiles.size()),
      activity_(program.tiles.size()) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.channels * input.height * input.width;
  const std::size_t count = images.size() / size;
  COLCOMB_CHECK(count > 0 && images.size() % (size * config.batch) == 0,
                "images must be whole batches");
  for (std::size_t i = 0; i < count; ++i)
    images_.emplace_back(network, images.subspan(i * size, size));
  const std::size_t batches = count / config.batch;
  executions_.resize(batches * program.tiles.size());
  layers_.resize(batches * network.layers.size());
  batch_ends_.resize(batches);
  for (std::size_t j = 0; j < executions_.size(); ++j) {
    executions_[j].results_left = tile(j).rows * tile(j).words;
    executions_[j].flushed = tile(j).output_bytes == 0;
    layers_[batch(j) * network.layers.size() + tile(j).layer].results_left +=
        executions_[j].results_left;
  }
}

std::vector<ImageValues> LayeredMachine::values() const {
  std::vector<ImageValues> values;
  for (const ImageStores& image : images_) values.push_back(image.values());
  return values;
}

void LayeredMachine::run() {
  while (!finished()) {
    run_memory();
    run_words();
    run_loader();
    run_sequencer();
    account();
    // The memory channel's present clock ends.
    if (memory_.step()) arrive(next_arrival_, clock_ + 1);
    if (unit_.idle()) {
      unit_.skip_to(clock_ + 1);
    } else {
      unit_.step();
    }
    ++clock_;
  }
}

bool LayeredMachine::finished() const {
  if (next_begin_ < executions_.size()) return false;
  if (clock_ < words_end(executions_.size() - 1)) return false;
  // Results are reported before the clock in which they are written.
  return std::ranges::all_of(executions_, [&](const Execution& execution) {
    return execution.results_left == 0 && execution.last_write < clock_;
  });
}

bool LayeredMachine::first_of_layer(std::size_t execution) const {
  const std::size_t t = execution % program_.tiles.size();
  return t == 0 || program_.tiles[t - 1].layer != program_.tiles[t].layer;
}

bool LayeredMachine::waits_for_memory(std::size_t execution) const {
  return first_of_layer(execution) &&
         tiling::reads_map_in_memory(network_.description, program_, tile(execution).layer);
}

std::uint64_t LayeredMachine::words_end(std::size_t execution) const {
  return executions_[execution].begun_at + tile(execution).interval * tile(execution).words;
}

/// Whether all its results can be read in the present clock.
bool LayeredMachine::written(std::size_t execution) const {
  const Execution& one = executions_[execution];
  return one.begun && one.results_left == 0 && one.last_write < clock_;
}

// Memory

bool LayeredMachine::slot_is_free(std::size_t execution) const {
  if (waits_for_memory(execution)) {
    for (std::size_t i = 0; i < execution; ++i) {
      if (!written(i)) return false;
    }
    return true;
  }
  if (execution < program_.slots) return true;
  const std::size_t before = execution - program_.slots;
  if (tile(before).output_bytes > 0) return written(before);
  return executions_[before].begun && words_end(before) <= clock_;
}

/// Executions [first, end) whose outputs go to memory before this one's inputs are read.
std::pair<std::size_t, std::size_t> LayeredMachine::outputs_before(std::size_t execution) const {
  if (waits_for_memory(execution)) return {0, execution};
  if (execution < program_.slots) return {0, 0};
  return {execution - program_.slots, execution - program_.slots + 1};
}

bool LayeredMachine::outputs_leave_before(std::size_t execution) const {
  const auto [first, end] = outputs_before(execution);
  for (std::size_t i = first; i < end; ++i) {
    if (!executions_[i].flushed) return true;
  }
  return false;
}

/// Bytes to move before the execution can begin; notes whose outputs are among them.
std::uint64_t LayeredMachine::take_bytes(std::size_t execution) {
  const Tile& own = tile(execution);
  std::uint64_t bytes = own.weight_bytes + own.input_bytes;
  if (execution == 0) bytes += program_.initial_weight_bytes;
  const auto [first, end] = outputs_before(execution);
  for (std::size_t i = first; i < end; ++i) {
    if (executions_[i].flushed) continue;
    executions_[i].flushed = true;
    bytes += tile(i).output_bytes;
  }
  return bytes;
}

void LayeredMachine::run_memory() {
  while (next_arrival_ < executions_.size() && !memory_.busy()) {
    const std::size_t j = next_arrival_;
    const Tile& own = tile(j);
    const std::uint64_t reads =
        own.weight_bytes + own.input_bytes + (j == 0 ? program_.initial_weight_bytes : 0);
    const bool moves = reads > 0 || outputs_leave_before(j);
    if (!moves) {
      arrive(j, memory_time_);
      continue;
    }
    if (!slot_is_free(j)) return;
    memory_.begin(take_bytes(j));
    activity_[j % program_.tiles.size()].memory_read_bytes += reads;
    return;
  }
}

void LayeredMachine::arrive(std::size_t execution, std::uint64_t clock) {
  executions_[execution].arrived = true;
  executions_[execution].arrived_at = clock;
  memory_time_ = clock;
  ++next_arrival_;
  if (execution % program_.tiles.size() != 0) return;
  for (std::size_t i = 0; i < config_.batch; ++i)
    images_[batch(execution) * config_.batch + i].image_arrives(clock);
}

// Array

void LayeredMachine::begin(std::size_t execution) {
  Execution& one = executions_[execution];
  one.begun = true;
  one.begun_at = clock_;
  const std::size_t t = execution % program_.tiles.size();
  const std::uint64_t fill = std::min<std::uint64_t>(waiting_, kEdgeLatency);
  cycles_[t].fill += fill;
  if (execution > 0) cycles_[(execution - 1) % program_.tiles.size()].drain += waiting_ - fill;
  waiting_ = 0;
  ++next_begin_;
  ActivityCount& activity = activity_[t];
  ++activity.tiles;
  activity.memory_write_bytes += tile(execution).output_bytes;
}

void LayeredMachine::run_words() {
  if (begin_follows_) {
    begin(next_begin_);
    begin_follows_ = false;
  }
  if (next_begin_ == 0) return;
  const std::size_t j = next_begin_ - 1;
  Execution& one = executions_[j];
  if (one.words_begun == tile(j).words) return;
  if (clock_ != one.begun_at + one.words_begun * tile(j).interval) return;
  unit_.begin_word(word_id(j, one.words_begun));
  ++one.words_begun;
  ActivityCount& activity = activity_[j % program_.tiles.size()];
  ++activity.words;
  activity.useful_macs += tile(j).nonzeros;
  activity.wasted_macs += config_.rows * config_.columns - tile(j).nonzeros;
}

void LayeredMachine::run_loader() {
  const std::size_t j = next_load_;
  if (j >= executions_.size() || !executions_[j].arrived || executions_[j].arrived_at > clock_)
    return;
  if (j > 0) {
    const Execution& before = executions_[j - 1];
    if (!before.begun) return;
    const std::uint64_t last_word =
        before.begun_at + tile(j - 1).interval * (tile(j - 1).words - 1);
    if (!config_.double_buffering && clock_ < last_word + config_.data_clocks()) return;
  }
  const Tile& own = tile(j);
  unit_.begin_load(weight_words(network_.layers[own.layer], own.row_begin, own.rows,
                                own.group_begin, own.groups, config_.cell),
                   own.rows);
  executions_[j].loading = true;
  executions_[j].loading_at = clock_;
  activity_[j % program_.tiles.size()].weight_load_bits +=
      std::uint64_t{own.rows} * config_.columns * config_.weight_bits();
  ++next_load_;
}

/// Whether the first bit of all partial sums or maps that the execution reads can be in the array
/// by the time its word comes, if it begins in clock `clock`.
bool LayeredMachine::results_ready(std::size_t execution, std::uint64_t clock) const {
  const Tile& own = tile(execution);
  if (!own.first) {
    const Tile& before = tile(execution - 1);
    const std::uint64_t through = config_.columns + config_.word_clocks() + kEdgeLatency;
    const std::uint64_t begun_at = executions_[execution - 1].begun_at;
    for (const std::uint64_t word : {std::uint64_t{0}, own.words - 1}) {
      if (begun_at + before.interval * word + through > clock + own.interval * word) return false;
    }
    return true;
  }
  if (own.layer == 0 || !first_of_layer(execution)) return true;
  const LayerProgress& before = layers_[batch(execution) * network_.layers.size() + own.layer - 1];
  const bool linear = own.layer + 1U == network_.layers.size();
  return before.results_left == 0 &&
         before.last_write + kEdgeLatency + (linear ? kPoolingLatency : 0) <= clock;
}

bool LayeredMachine::can_begin(std::size_t execution, std::uint64_t clock) const {
  const Execution& one = executions_[execution];
  if (!one.loading) return false;
  if (one.loading_at + tile(execution).rows * config_.load_clocks() + 1 > clock) return false;
  if (one.arrived_at + kEdgeLatency - 1 > clock) return false;
  if (execution > 0 && words_end(execution - 1) > clock) return false;
  return results_ready(execution, clock);
}

void LayeredMachine::run_sequencer() {
  if (next_begin_ >= executions_.size() || !can_begin(next_begin_, clock_ + 1)) return;
  unit_.begin_swap();
  begin_follows_ = true;
}

void LayeredMachine::account() {
  const std::size_t tiles = program_.tiles.size();
  if (next_begin_ > 0) {
    const std::size_t j = next_begin_ - 1;
    if (clock_ < words_end(j)) {
      const std::uint64_t phase = (clock_ - executions_[j].begun_at) % tile(j).interval;
      ++(phase < config_.word_interval() ? cycles_[j % tiles].compute : cycles_[j % tiles].stall);
      return;
    }
    if (next_begin_ == executions_.size()) {
      ++cycles_[j % tiles].drain;
      return;
    }
  }
  const Execution& next = executions_[next_begin_];
  if (!next.arrived || next.arrived_at > clock_) {
    ++cycles_[next_begin_ % tiles].stall;
  } else if (!next.loading ||
             clock_ <= next.loading_at + tile(next_begin_).rows * config_.load_clocks()) {
    ++cycles_[next_begin_ % tiles].weight_load;
  } else {
    ++waiting_;
  }
}

// What the words meet

ImageStores& LayeredMachine::image_of(std::size_t execution, std::uint64_t word,
                                      std::size_t& pixel) {
  const LayerDescription& layer = network_.description.layers[tile(execution).layer];
  const std::uint64_t pixels = layer.out_height() * layer.out_width();
  const std::uint64_t index = tile(execution).word_begin + word;
  pixel = index % pixels;
  return images_[batch(execution) * config_.batch + index / pixels];
}

void LayeredMachine::read_data(std::uint64_t word, std::size_t column, std::uint64_t clock,
                               std::span<std::uint8_t> lines) {
  std::ranges::fill(lines, std::uint8_t{0});
  const std::size_t j = execution_of(word);
  const Tile& own = tile(j);
  if (column >= own.groups) return;
  std::size_t pixel = 0;
  const ImageStores& image = image_of(j, word_of(word), pixel);
  const auto& group = network_.layers[own.layer].weights.groups.groups[own.group_begin + column];
  for (std::size_t k = 0; k < group.size(); ++k)
    lines[k] = image.shifted(own.layer, group[k], pixel, clock);
  activity_[j % program_.tiles.size()].data_read_bytes += group.size();
}

std::uint32_t LayeredMachine::read_initial(std::uint64_t word, std::size_t row,
                                           std::uint64_t clock) {
  const std::size_t j = execution_of(word);
  const Tile& own = tile(j);
  if (row >= own.rows) return 0;
  ActivityCount& activity = activity_[j % program_.tiles.size()];
  if (!own.first) {
    const std::size_t place = word_of(word) * config_.rows + row;
    COLCOMB_CHECK(partial_owner_[place] + 1 == j, "a partial sum of another tile");
    activity.partial_read_bytes += config_.accumulation_bits / 8;
    return partial_sums_.read(place, clock);
  }
  std::size_t pixel = 0;
  const ImageStores& image = image_of(j, word_of(word), pixel);
  return image.initial(own.layer, own.row_begin + row, pixel, clock, activity.residual_read_bytes);
}

void LayeredMachine::write_result(std::uint64_t word, std::size_t row, std::int32_t accumulation,
                                  std::uint64_t clock) {
  const std::size_t j = execution_of(word);
  const Tile& own = tile(j);
  if (row >= own.rows) return;
  ActivityCount& activity = activity_[j % program_.tiles.size()];
  if (own.last) {
    std::size_t pixel = 0;
    image_of(j, word_of(word), pixel)
        .finish(own.layer, own.row_begin + row, pixel, accumulation, clock);
    if (own.layer + 1U < network_.layers.size()) ++activity.data_write_bytes;
  } else {
    const std::size_t place = word_of(word) * config_.rows + row;
    partial_sums_.write(place, static_cast<std::uint32_t>(accumulation), clock);
    partial_owner_[place] = j;
    activity.partial_write_bytes += config_.accumulation_bits / 8;
  }
  Execution& one = executions_[j];
  --one.results_left;
  one.last_write = std::max(one.last_write, clock);
  LayerProgress& layer = layers_[batch(j) * network_.layers.size() + own.layer];
  --layer.results_left;
  layer.last_write = std::max(layer.last_write, clock);
  batch_ends_[batch(j)] = std::max(batch_ends_[batch(j)], clock + 1);
}

}  // namespace colcomb::simulation
