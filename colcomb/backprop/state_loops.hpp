#pragma once

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

template <class Body>
void Pass::State::each_task(std::size_t tasks, Body body) {
  std::atomic<std::size_t> next = 0;
  auto work = [&](std::size_t member) {
    for (std::size_t task = next++; task < tasks; task = next++) body(task, member);
  };
  team_.run(work);
}

template <class Body>
void Pass::State::each_share(Body body) {
  each_task(shares_, body);
}

template <class Body>
void Pass::State::each_block(std::size_t share, Body body) const {
  const std::size_t begin = share * blocks_ / shares_;
  const std::size_t end = (share + 1) * blocks_ / shares_;
  for (std::size_t block = begin; block < end; ++block) body(block);
}

}  // namespace colcomb::backprop
