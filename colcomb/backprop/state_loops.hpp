#pragma once

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

template <class Body>
void Pass::State::each_task(std::size_t tasks, Body body) {
  std::atomic<std::size_t> next = 0;
  auto work = [&](std::size_t thread) {
    for (std::size_t task = next++; task < tasks; task = next++) body(task, thread);
  };
  pool_.run(work);
}

template <class Body>
void Pass::State::each_partition(Body body) {
  each_task(partitions_, body);
}

template <class Body>
void Pass::State::each_block(std::size_t partition, Body body) const {
  const std::size_t begin = partition * blocks_ / partitions_;
  const std::size_t end = (partition + 1) * blocks_ / partitions_;
  for (std::size_t block = begin; block < end; ++block) body(block);
}

}  // namespace colcomb::backprop
