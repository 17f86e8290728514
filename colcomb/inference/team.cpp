#include "colcomb/inference/team.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace colcomb::inference {
namespace {

constexpr int kSpins = 2000;  // some tens of microseconds

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

}  // namespace

Team::Team(std::size_t size) {
  for (std::size_t member = 1; member < size; ++member)
    helpers_.emplace_back([this, member] { help(member); });
}

Team::~Team() {
  stop_ = true;
  ++round_;
  round_.notify_all();
}

void Team::run(Function function, void* context) {
  if (helpers_.empty()) {
    function(context, 0);
    return;
  }
  function_ = function;
  context_ = context;
  ++round_;
  round_.notify_all();
  function(context, 0);
  meet();
}

void Team::help(std::size_t member) {
  for (std::uint32_t seen = 0;;) {
    for (int i = 0; i < kSpins && round_ == seen; ++i) relax();
    round_.wait(seen);
    seen = round_;
    if (stop_) return;
    function_(context_, member);
    meet();
  }
}

void Team::meet() {
  const std::uint32_t phase = phase_;
  if (++arrived_ == size()) {
    arrived_ = 0;
    ++phase_;
    return;
  }
  // A member that the system has taken off its processor may stay away for milliseconds.
  for (int i = 0; phase_ == phase; ++i) {
    if (i < kSpins) {
      relax();
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace colcomb::inference
