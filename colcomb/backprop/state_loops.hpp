#pragma once

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

template <class Body>
void Pass::State::each_share(Body body) {
  std::atomic<std::size_t> next = 0;
  auto work = [&](std::size_t member) {
    for (std::size_t share = next++; share < shares_; share = next++) body(share, member);
  };
  team_.run(work);
}

template <class Body>
void Pass::State::each_block(std::size_t share, Body body) const {
  const std::size_t begin = share * blocks_ / shares_;
  const std::size_t end = (share + 1) * blocks_ / shares_;
  for (std::size_t block = begin; block < end; ++block) body(block);
}

}  // namespace colcomb::backprop
