#include "colcomb/tiling/pipeline_clocks.hpp"

#include <algorithm>
#include <limits>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::tiling {

PipelineClocks::PipelineClocks(const Pipeline& pipeline, const std::optional<Pace>& pace)
    : pipeline_(pipeline), pace_(pace) {
  for (const Stage& stage : pipeline.stages) lines_.emplace_back().buffer = &stage.input;
  nodes_.push_back(make_reader());
  fifo_.room = pipeline.fifo_bytes();
  for (std::size_t i = 0; i < pipeline.stages.size(); ++i) nodes_.push_back(make_node(i));
  for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
    for (const std::size_t reader : pipeline.stages[i].readers) {
      nodes_[i + 1].writes.push_back(lines_.size());
      nodes_[reader + 1].reads.push_back(lines_.size());
      lines_.emplace_back().buffer = &*pipeline.stages[reader].residual;
    }
  }
  if (!pace_) return;
  for (Node& node : nodes_)
    node.interval = std::max<std::uint64_t>(node.interval, pace_->image / node.grid.words());
}

PipelineClocks::Node PipelineClocks::make_reader() {
  const TileProgram& program = pipeline_.reader;
  const Tile& tile = program.schedule.tiles.front();
  Node node;
  node.program = &program;
  node.writes = {0};
  node.interval = tile.interval;
  node.lead = ceil_divide<std::uint64_t>(tile.rows, program.array.dram_bytes_per_clock);
  node.written = static_cast<std::uint64_t>(done_latency(tile, 0));
  node.grid = program.layers.front().words();
  return node;
}

PipelineClocks::Node PipelineClocks::make_node(std::size_t stage) {
  const TileProgram& program = pipeline_.stages[stage].program;
  const Tile& tile = program.schedule.tiles.front();
  const LayerSetup& layer = program.layers.front();
  Node node;
  node.program = &program;
  node.reads = {stage};
  if (layer.role != LayerRole::kClassifier) node.writes = {stage + 1};
  node.interval = tile.interval;
  node.lead = tile.read_clocks + static_cast<std::uint64_t>(kReadLead);
  node.result = static_cast<std::uint64_t>(array_latency(program.array));
  node.pooling = program.schedule.pooling_clocks.front();
  node.windows = pooling_clocks(layer.pooling, false);
  node.written = static_cast<std::uint64_t>(done_latency(tile, 0));
  node.read = node.lead + static_cast<std::uint64_t>(read_latency(program.array));
  node.grid = layer.words();
  node.once = layer.role == LayerRole::kPooled;
  return node;
}

/// When the burst was requested: one after the other, where the FIFO has room.
std::uint64_t PipelineClocks::burst_request(std::uint64_t burst) {
  const std::uint64_t bytes = pipeline_.array.dram_burst_bytes;
  for (; fifo_.bursts <= burst; ++fifo_.bursts) {
    if (fifo_.bursts > 0) fifo_.requested += bytes / pipeline_.array.dram_bytes_per_clock;
    const std::uint64_t end = (fifo_.bursts + 1) * bytes;
    if (end <= fifo_.room) continue;
    const std::uint64_t taken = end - fifo_.room;
    while (!fifo_.taken.empty() && fifo_.taken.front().first < taken) fifo_.taken.pop_front();
    COLCOMB_CHECK(!fifo_.taken.empty(), "the FIFO holds a pixel and a burst");
    fifo_.requested = std::max(fifo_.requested, fifo_.taken.front().second);
  }
  return fifo_.requested;
}

/// Since when the line has a place for its next pixel; nothing if it is not known to get one.
std::optional<std::uint64_t> PipelineClocks::room(std::size_t index) const {
  const Line& line = lines_[index];
  if (pace_ || line.taken < line.buffer->pixels) return 0;
  if (line.free.empty()) return std::nullopt;
  return line.free.front();
}

void PipelineClocks::take(std::size_t index, std::uint64_t decided, std::uint64_t there) {
  Line& line = lines_[index];
  if (pace_) {
    line.takes.push_back(decided);
  } else if (line.taken >= line.buffer->pixels) {
    line.free.pop_front();
  }
  // Pixels that nobody reads may be spent before they come.
  if (line.taken >= line.spent) line.there.push_back(there);
  ++line.taken;
}

void PipelineClocks::spend(std::size_t index, std::uint64_t pixels, std::uint64_t clock) {
  Line& line = lines_[index];
  for (; line.spent < pixels; ++line.spent) {
    if (!line.there.empty()) line.there.pop_front();
    if (pace_) {
      line.frees.push_back(clock);
    } else {
      line.free.push_back(clock);
    }
  }
}

/// Decides when the node's next word is sent; false where that depends on what is not known yet.
bool PipelineClocks::advance(Node& node) {
  std::uint64_t clock = node.words == 0 ? 0 : node.last + node.interval;
  const bool reads_dram = node.reads.empty();
  const std::uint64_t word = node.y * node.grid.width() + node.x;
  for (const std::size_t index : node.reads) {
    const Line& line = lines_[index];
    const ReadBox& box = line.buffer->reads;
    const std::uint64_t in_image = box.needed(node.y, node.x);
    if (in_image == 0) continue;
    const std::uint64_t needed = node.image * box.pixels() + in_image;
    if (needed > line.taken) return false;
    clock = std::max(clock, line.there[needed - line.spent - 1]);
  }
  const auto output = node.grid.completed_by(node.y, node.x);
  const bool completes = output && (!node.once || *output + 1 == node.grid.outputs());
  if (completes) {
    for (const std::size_t index : node.writes) {
      const auto since = room(index);
      if (!since) return false;
      clock = std::max(clock, *since);
    }
  }
  if (reads_dram) {
    const std::uint64_t channels = node.program->layers.front().filters;
    const std::uint64_t end = node.image * pipeline_.image_bytes() + (word + 1) * channels;
    const std::uint64_t burst = pipeline_.array.dram_burst_bytes;
    const std::uint64_t in_burst = (end - 1) % burst / pipeline_.array.dram_bytes_per_clock;
    const std::uint64_t arrived =
        burst_request((end - 1) / burst) + pipeline_.array.dram_latency + in_burst + 1;
    clock = std::max(clock, arrived);
    if (pace_ && word == 0) clock = std::max(clock, node.image * pace_->image);
    const bool last = word + 1 == node.grid.words();
    fifo_.bytes = last ? (node.image + 1) * pipeline_.image_bytes() : end;
    fifo_.taken.emplace_back(fifo_.bytes, clock + node.lead);
  }
  if (node.words == 0) {
    node.first = clock;
  } else {
    node.late += clock - node.last - node.program->array.word_interval();
  }
  node.last = clock;
  ++node.words;
  if (word == 0) node.begin = clock;
  const std::uint64_t result = clock + node.lead + node.result;
  node.last_result = std::max(word == 0 ? 0 : node.last_result, result);
  if (output) node.last_result = std::max(node.last_result, result + node.windows);
  if (completes) {
    for (const std::size_t index : node.writes)
      take(index, clock, result + node.pooling + node.written);
  }
  if (++node.x == node.grid.width()) {
    node.x = 0;
    ++node.y;
  }
  const bool ended = node.y == node.grid.height();
  for (const std::size_t index : node.reads) {
    const ReadBox& box = lines_[index].buffer->reads;
    const std::uint64_t spent = ended ? box.pixels() : box.spent(node.y, node.x);
    spend(index, node.image * box.pixels() + spent, clock + node.read);
  }
  if (ended) {
    node.y = 0;
    ++node.image;
  }
  return true;
}

std::optional<std::uint64_t> PipelineClocks::next() {
  ++images_;
  bool moved = true;
  while (moved) {
    moved = false;
    for (Node& node : nodes_) {
      while (node.image < images_ && advance(node)) moved = true;
    }
  }
  std::uint64_t latest = 0;
  for (std::size_t i = 1; i < nodes_.size(); ++i) latest = std::max(latest, nodes_[i].last_result);
  const bool all = std::ranges::all_of(nodes_, [&](const Node& n) { return n.image == images_; });
  return all ? std::optional(latest) : std::nullopt;
}

bool PipelineClocks::stuck(std::size_t stage) const {
  const Node& node = nodes_[stage + 1];
  return node.image < images_ &&
         std::ranges::any_of(node.writes, [this](std::size_t line) { return !room(line); });
}

PipelineClocks::StageTimes PipelineClocks::times(std::size_t stage) const {
  const Node& node = nodes_[stage + 1];
  return {node.begin + node.lead, node.last_result};
}

PipelineClocks::StageWords PipelineClocks::words(std::size_t stage) const {
  const Node& node = nodes_[stage + 1];
  return {node.words, node.first + node.lead, node.last + node.lead, node.late};
}

std::vector<std::int64_t> PipelineClocks::state() const {
  std::vector<std::int64_t> state;
  const std::uint64_t origin = nodes_.back().last;
  const auto add = [&](std::uint64_t clock) {
    state.push_back(static_cast<std::int64_t>(clock) - static_cast<std::int64_t>(origin));
  };
  const auto count = [&](std::uint64_t n) { state.push_back(static_cast<std::int64_t>(n)); };
  for (const Node& node : nodes_) add(node.last);
  // Room that was never taken yet is not in the queues.
  count(std::min(fifo_.bursts * pipeline_.array.dram_burst_bytes, fifo_.room));
  for (const Line& line : lines_) {
    count(std::min(line.taken, line.buffer->pixels));
    count(line.there.size());
    for (const std::uint64_t clock : line.there) add(clock);
    count(line.free.size());
    for (const std::uint64_t clock : line.free) add(clock);
  }
  add(fifo_.requested);
  for (const auto& [bytes, clock] : fifo_.taken) {
    count(fifo_.bytes - bytes);
    add(clock);
  }
  return state;
}

std::uint64_t PipelineClocks::most_held(std::size_t stage, bool residual) const {
  const std::size_t index = residual ? nodes_[stage + 1].reads[1] : stage;
  const Line& line = lines_[index];
  std::uint64_t most = 1;
  std::size_t freed = 0;
  for (std::size_t g = 0; g < line.takes.size(); ++g) {
    while (freed < line.frees.size() && line.frees[freed] <= line.takes[g]) ++freed;
    if (g + 1 > freed) most = std::max<std::uint64_t>(most, g + 1 - freed);
  }
  return most;
}

std::uint64_t configuration_clocks(const Pipeline& pipeline) {
  std::uint64_t read = pipeline.array.dram_latency;
  std::uint64_t loaded = 0;
  for (const Stage& stage : pipeline.stages) {
    const ArrayConfig& array = stage.program.array;
    read += stage.program.weights.size() / array.dram_bytes_per_clock;
    const std::uint64_t load = read + static_cast<std::uint64_t>(kLoadLead);
    loaded = std::max(loaded, load + array.rows * array.load_clocks() + 1);
  }
  return loaded;
}

std::uint64_t steady_interval(const Pipeline& pipeline) {
  // Everything waits for everything, so from some image on the state repeats.
  constexpr std::size_t kMostImages = 2000;
  constexpr std::size_t kKept = 8;
  PipelineClocks clocks(pipeline);
  std::deque<std::vector<std::int64_t>> states;
  std::vector<std::uint64_t> ends;
  for (std::size_t image = 0; image < kMostImages; ++image) {
    const auto end = clocks.next();
    COLCOMB_CHECK(end.has_value(), "the line buffers are large enough");
    ends.push_back(*end);
    std::vector<std::int64_t> state = clocks.state();
    for (std::size_t back = 1; back <= states.size(); ++back) {
      if (states[states.size() - back] == state)
        return ceil_divide<std::uint64_t>(*end - ends[image - back], back);
    }
    states.push_back(std::move(state));
    if (states.size() > kKept) states.pop_front();
  }
  const std::size_t half = kMostImages / 2;
  return ceil_divide<std::uint64_t>(ends.back() - ends[half - 1], kMostImages - half);
}

}  // namespace colcomb::tiling
