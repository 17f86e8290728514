#include "colcomb/simulation/machine/controller.hpp"

#include "colcomb/tiling/latencies.hpp"

namespace colcomb::simulation::machine {

Controller::Controller(const TileProgram& program) : program_(program) {
  for (const LayerSetup& layer : program.layers) grids_.push_back(layer.words());
  prepare(0);
  now_ = next_;
}

/// Sets the counters of the next word to a tile's first.
void Controller::prepare(std::uint32_t position) {
  const Tile& begun = tile(position);
  const TileSetup& setup = program_.tiles[position];
  const WordGrid& grid = grids_[begun.layer];
  WordToken& word = next_.word;
  word.valid = word.first = true;
  word.last = begun.words == 1;
  word.input_turn = word.input_turn != setup.new_block;
  word.residual_turn = word.residual_turn != setup.new_residual_block;
  word.output_turn = word.output_turn != (setup.outputs > 0);
  word.tile = position;
  word.word = 0;
  const std::uint64_t words = grid.words();
  word.image = static_cast<std::uint32_t>(begun.word_begin / words);
  word.y = static_cast<std::uint32_t>(begun.word_begin % words / grid.width());
  word.x = static_cast<std::uint32_t>(begun.word_begin % grid.width());
  word.output = 0;
  set_output(word);
}

/// Which output pixel the word completes.
void Controller::set_output(WordToken& word) const {
  const auto pixel = grids_[tile(word.tile).layer].completed_by(word.y, word.x);
  word.completes = pixel.has_value();
  word.pixel = static_cast<std::uint32_t>(pixel.value_or(0));
}

bool Controller::may_load(const In& in) const {
  if (in.fetched <= now_.loaded) return false;
  if (now_.loaded == 0) return true;
  const std::uint64_t position = now_.loaded % program_.tiles.size();
  // The tile before must have begun.
  const bool begun =
      now_.out.sending >= now_.loaded || (now_.out.sending + 1 == now_.loaded && !now_.word.first);
  return begun && clock_ >= now_.begin_clock + program_.tiles[position].load_after_begin;
}

bool Controller::may_send(const In& in) const {
  const TileSetup& setup = program_.tiles[now_.word.tile];
  if (!now_.word.first) return clock_ >= now_.sent_clock + tile(now_.word.tile).interval;
  const std::uint64_t executed = now_.out.sending;
  if (now_.loaded <= executed || clock_ < now_.load_clock + setup.send_after_load) return false;
  if (executed > 0 && clock_ < now_.sent_clock + setup.send_gap) return false;
  if (executed > 0 && clock_ < now_.begin_clock + setup.send_after_begin) return false;
  return !setup.after_all || in.done >= executed;
}

void Controller::send() {
  const Tile& sent = tile(now_.word.tile);
  next_.out.column = now_.word;
  next_.waiting = now_.word;
  next_.row_clock = clock_ + sent.read_clocks - 1;
  next_.sent_clock = clock_;
  if (now_.word.first) next_.begin_clock = clock_;
  if (now_.word.last) {
    endings_.push_back(
        clock_ + sent.read_clocks +
        static_cast<std::uint64_t>(tiling::kReadLead + tiling::read_latency(program_.array)));
    const std::uint32_t position = now_.word.tile + 1;
    const bool wraps = position == program_.tiles.size();
    if (wraps) ++next_.word.batch;
    ++next_.out.sending;
    prepare(wraps ? 0 : position);
    return;
  }
  const WordGrid& grid = grids_[sent.layer];
  WordToken& word = next_.word;
  word.first = false;
  if (word.completes) ++word.output;
  ++word.word;
  word.last = word.word + 1 == sent.words;
  if (++word.x == grid.width()) {
    word.x = 0;
    if (++word.y == grid.height()) {
      word.y = 0;
      ++word.image;
    }
  }
  set_output(word);
}

void Controller::compute(const In& in) {
  next_ = now_;
  next_.out.load = {};
  next_.out.column = {};
  next_.out.row = {};
  if (may_load(in)) {
    const auto position = static_cast<std::uint32_t>(now_.loaded % program_.tiles.size());
    next_.out.load = {true, now_.loaded % program_.schedule.slots != 0, position};
    next_.load_clock = clock_;
    ++next_.loaded;
  }
  if (may_send(in)) send();
  if (next_.waiting.valid && next_.row_clock == clock_) {
    next_.out.row = next_.waiting;
    next_.waiting = {};
  }
  if (!endings_.empty() && endings_.front() == clock_ + 1) {
    endings_.pop_front();
    ++next_.out.ended;
  }
}

void Controller::commit() {
  now_ = next_;
  ++clock_;
}

}  // namespace colcomb::simulation::machine
