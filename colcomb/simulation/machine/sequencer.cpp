#include "colcomb/simulation/machine/sequencer.hpp"

#include <utility>

#include "colcomb/tiling/latencies.hpp"

namespace colcomb::simulation::machine {

Sequencer::Sequencer(const tiling::Stage& stage, std::vector<std::uint64_t> rooms)
    : stage_(stage),
      rooms_(std::move(rooms)),
      grid_(stage.program.layers.front().words()),
      pooled_(stage.program.layers.front().role == LayerRole::kPooled) {
  now_.word.valid = now_.word.first = true;
  now_.word.last = grid_.words() == 1;
  set_output(now_.word);
}

/// Which output pixel the word completes.
void Sequencer::set_output(WordToken& word) const {
  const auto pixel = grid_.completed_by(word.y, word.x);
  word.completes = pixel.has_value();
  word.pixel = static_cast<std::uint32_t>(pixel.value_or(0));
}

/// Whether the next word completes what takes a place behind: of a pooled map one an image.
bool Sequencer::completes() const {
  return now_.word.completes && (!pooled_ || now_.word.pixel + 1 == grid_.outputs());
}

/// Whether the next word finds all that it reads of a map, of which `pixels` can be read.
bool Sequencer::there(const tiling::ReadBox& box, std::uint64_t pixels) const {
  const std::uint64_t needed = box.needed(now_.word.y, now_.word.x);
  return needed == 0 || pixels >= now_.word.batch * box.pixels() + needed;
}

bool Sequencer::may_send(const In& in) const {
  const Tile& tile = stage_.program.schedule.tiles.front();
  const WordToken& word = now_.word;
  if (!in.enabled) return false;
  if (!word.first && clock_ < now_.sent_clock + tile.interval) return false;
  if (!there(stage_.input.reads, in.input)) return false;
  if (stage_.residual && !there(stage_.residual->reads, in.residual)) return false;
  if (!completes()) return true;
  const std::uint64_t pixel = pooled_ ? word.batch : word.batch * grid_.outputs() + word.pixel;
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    if (pixel >= (*in.freed)[i] + rooms_[i]) return false;
  }
  return true;
}

/// Pixels that no word from `next` on reads.
std::uint64_t Sequencer::spent(const tiling::ReadBox& box, const WordToken& next) {
  // Between images nothing of the image before is read any more.
  const bool new_image = next.y == 0 && next.x == 0;
  return next.batch * box.pixels() + (new_image ? 0 : box.spent(next.y, next.x));
}

void Sequencer::send() {
  const auto reads = stage_.program.schedule.tiles.front().read_clocks;
  next_.out.column = now_.word;
  next_.waiting = now_.word;
  next_.row_clock = clock_ + reads - 1;
  next_.sent_clock = clock_;
  WordToken& word = next_.word;
  word.first = false;
  ++word.word;
  if (++word.x == grid_.width()) {
    word.x = 0;
    if (++word.y == grid_.height()) {
      word.y = 0;
      word.word = 0;
      ++word.batch;
    }
  }
  word.last = word.word + 1 == grid_.words();
  set_output(word);
  const std::uint64_t read =
      clock_ + reads +
      static_cast<std::uint64_t>(tiling::kReadLead + tiling::read_latency(stage_.program.array));
  freed_.push_back({read, spent(stage_.input.reads, word),
                    stage_.residual ? spent(stage_.residual->reads, word) : 0});
}

void Sequencer::compute(const In& in) {
  next_ = now_;
  next_.out.column = {};
  next_.out.row = {};
  if (may_send(in)) send();
  if (next_.waiting.valid && next_.row_clock == clock_) {
    next_.out.row = next_.waiting;
    next_.waiting = {};
  }
  if (!freed_.empty() && freed_.front().clock == clock_ + 1) {
    next_.out.input_freed = freed_.front().input;
    next_.out.residual_freed = freed_.front().residual;
    freed_.pop_front();
  }
}

void Sequencer::commit() {
  now_ = next_;
  ++clock_;
}

}  // namespace colcomb::simulation::machine
