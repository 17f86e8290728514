#include "colcomb/simulation/exact/pipelined_machine.hpp"

#include <algorithm>

namespace colcomb::simulation {
namespace {

ArrayConfig own_array(const ArrayConfig& config, const QuantizedLayer& layer) {
  ArrayConfig own = config;
  own.rows = layer.weights.rows();
  own.columns = std::max<std::size_t>(1, layer.weights.groups.size());
  return own;
}

/// The distinct (dy, dx) of the grouped columns. The linear layer waits for the pooling block even
/// if it has none.
std::vector<Column> offsets_of(const QuantizedLayer& layer, const LayerDescription& description) {
  if (description.kind == LayerKind::kLinear) return {Column{}};
  std::vector<Column> offsets;
  for (const auto& group : layer.weights.groups.groups) {
    for (const std::uint32_t m : group)
      offsets.push_back({0, description.columns[m].dy, description.columns[m].dx});
  }
  std::ranges::sort(offsets);
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

}  // namespace

/// One layer, its array and its part of the controller.
class PipelinedMachine::Stage : private Surroundings {
 public:
  Stage(const QuantizedNetwork& network, const ArrayConfig& config, std::size_t index,
        std::vector<ImageStores>& images, std::vector<std::uint64_t>& image_ends)
      : network_(network),
        index_(index),
        config_(own_array(config, network.layers[index])),
        images_(images),
        image_ends_(image_ends),
        offsets_(offsets_of(network.layers[index], network.description.layers[index])),
        pixels_(network.description.layers[index].out_height() *
                network.description.layers[index].out_width()),
        nonzeros_(count_nonzeros(network.layers[index].weights.values)),
        results_left_(images.size() * pixels_ * config_.rows),
        unit_(config_, *this) {
    activity_.tiles = images.size();
  }

  /// Before clock 0: weights into the array, and into use.
  void load() {
    const QuantizedLayer& layer = network_.layers[index_];
    unit_.begin_load(
        weight_words(layer, 0, config_.rows, 0, layer.weights.groups.size(), config_.cell),
        config_.rows);
    activity_.weight_load_bits += config_.rows * config_.columns * config_.weight_bits();
    while (!unit_.idle()) unit_.step();
    unit_.begin_swap();
    while (!unit_.idle()) unit_.step();
    unit_.reset_clock();
  }

  [[nodiscard]] std::uint64_t weight_bytes() const {
    const std::size_t cells = network_.layers[index_].weights.values.size();
    return (cells * config_.weight_bits() + 7) / 8;
  }
  [[nodiscard]] std::uint64_t load_clocks() const { return config_.rows * config_.load_clocks(); }

  /// Begins the next word if everything it reads is there.
  void begin_word(std::uint64_t clock) {
    if (words_ == images_.size() * pixels_) return;
    if (words_ > 0 && clock < last_ + config_.word_interval()) return;
    if (images_[words_ / pixels_].readable(index_, offsets_, words_ % pixels_) > clock) return;
    if (words_ == 0) {
      first_ = clock;
    } else {
      stall_ += clock - last_ - config_.word_interval();
    }
    last_ = clock;
    unit_.begin_word(words_);
    ++words_;
    ++activity_.words;
    activity_.useful_macs += nonzeros_;
    activity_.wasted_macs += config_.rows * config_.columns - nonzeros_;
  }

  void step(std::uint64_t clock) {
    if (unit_.idle()) {
      unit_.skip_to(clock + 1);
    } else {
      unit_.step();
    }
  }

  [[nodiscard]] bool finished(std::uint64_t clock) const {
    return results_left_ == 0 && last_write_ < clock;
  }
  /// Whether the image's first word has begun.
  [[nodiscard]] bool has_begun(std::size_t image) const { return words_ > image * pixels_; }

  [[nodiscard]] CycleCount cycles(std::uint64_t end) const {
    const std::uint64_t interval = config_.word_interval();
    return {interval * words_, first_, end - last_ - interval, 0, stall_};
  }
  [[nodiscard]] ActivityCount& activity() { return activity_; }

 private:
  void read_data(std::uint64_t word, std::size_t column, std::uint64_t clock,
                 std::span<std::uint8_t> lines) override {
    std::ranges::fill(lines, std::uint8_t{0});
    const auto& groups = network_.layers[index_].weights.groups.groups;
    if (column >= groups.size()) return;
    const ImageStores& image = images_[word / pixels_];
    for (std::size_t k = 0; k < groups[column].size(); ++k)
      lines[k] = image.shifted(index_, groups[column][k], word % pixels_, clock);
    activity_.data_read_bytes += groups[column].size();
  }

  std::uint32_t read_initial(std::uint64_t word, std::size_t row, std::uint64_t clock) override {
    return images_[word / pixels_].initial(index_, row, word % pixels_, clock,
                                           activity_.residual_read_bytes);
  }

  void write_result(std::uint64_t word, std::size_t row, std::int32_t accumulation,
                    std::uint64_t clock) override {
    images_[word / pixels_].finish(index_, row, word % pixels_, accumulation, clock);
    if (index_ + 1 < network_.layers.size()) {
      ++activity_.data_write_bytes;
    } else {
      activity_.memory_write_bytes += 4;
    }
    --results_left_;
    last_write_ = std::max(last_write_, clock);
    std::uint64_t& end = image_ends_[word / pixels_];
    end = std::max(end, clock + 1);
  }

  const QuantizedNetwork& network_;
  std::size_t index_;
  ArrayConfig config_;
  std::vector<ImageStores>& images_;
  std::vector<std::uint64_t>& image_ends_;
  std::vector<Column> offsets_;
  std::uint64_t pixels_;
  std::uint64_t nonzeros_;
  std::uint64_t results_left_;
  ArrayUnit unit_;
  ActivityCount activity_;
  std::uint64_t words_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t stall_ = 0;
  std::uint64_t last_write_ = 0;
};

PipelinedMachine::PipelinedMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                                   std::span<const std::uint8_t> images)
    : network_(network), config_(config), memory_(config.bytes_per_clock) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.channels * input.height * input.width;
  COLCOMB_CHECK(!images.empty() && images.size() % size == 0, "images must be whole");
  for (std::size_t i = 0; i < images.size() / size; ++i)
    images_.emplace_back(network, images.subspan(i * size, size));
  image_ends_.resize(images_.size());
  const LayerDescription& first = network.description.layers.front();
  image_pixels_ = first.in_height * first.in_width;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    stages_.push_back(std::make_unique<Stage>(network, config, i, images_, image_ends_));
}

PipelinedMachine::~PipelinedMachine() = default;

/// Weights come through the memory channel array after array; each is loaded as soon as its own are
/// there.
void PipelinedMachine::configure() {
  std::uint64_t clock = 0;
  for (const auto& stage : stages_) {
    const std::uint64_t bytes = stage->weight_bytes();
    if (bytes > 0) {
      memory_.begin(bytes);
      do ++clock;
      while (!memory_.step());
    }
    stage->activity().memory_read_bytes += bytes;
    stage->load();
    configuration_ = std::max(configuration_, clock + stage->load_clocks() + 1);
  }
}

void PipelinedMachine::run() {
  configure();
  while (!finished()) {
    for (const auto& stage : stages_) stage->begin_word(clock_);
    run_memory();
    for (const auto& stage : stages_) stage->step(clock_);
    ++clock_;
  }
}

/// An image follows when the one before has arrived and its first word has begun.
void PipelinedMachine::run_memory() {
  const std::uint64_t channels = network_.description.layers.front().in_channels;
  const std::uint64_t bytes = channels * image_pixels_;
  if (!memory_.busy() && images_begun_ < images_.size() &&
      (images_begun_ == 0 || stages_.front()->has_begun(images_begun_ - 1))) {
    memory_.begin(bytes);
    ++images_begun_;
    bytes_arrived_ = pixels_arrived_ = 0;
    stages_.front()->activity().memory_read_bytes += bytes;
  }
  if (!memory_.busy()) return;
  memory_.step();
  bytes_arrived_ = std::min<std::uint64_t>(bytes, bytes_arrived_ + config_.bytes_per_clock);
  for (; (pixels_arrived_ + 1) * channels <= bytes_arrived_; ++pixels_arrived_)
    images_[images_begun_ - 1].image_arrives(pixels_arrived_, clock_ + 1);
}

bool PipelinedMachine::finished() const {
  return std::ranges::all_of(stages_, [&](const auto& stage) { return stage->finished(clock_); });
}

std::vector<CycleCount> PipelinedMachine::cycles() const {
  std::vector<CycleCount> cycles;
  for (const auto& stage : stages_) cycles.push_back(stage->cycles(clock_));
  return cycles;
}

std::vector<ActivityCount> PipelinedMachine::activity() const {
  std::vector<ActivityCount> activity;
  for (const auto& stage : stages_) activity.push_back(stage->activity());
  return activity;
}

std::vector<ImageValues> PipelinedMachine::values() const {
  std::vector<ImageValues> values;
  for (const ImageStores& image : images_) values.push_back(image.values());
  return values;
}

}  // namespace colcomb::simulation
