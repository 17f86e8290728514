#pragma once

#include <cstddef>

#include "colcomb/models/chain.hpp"

namespace colcomb::tests {

/// A few wide layers with batch norm: a projection shortcut (layer "sum" adds a 3 x 3 product of
/// one map and a 1 x 1 product of stride 2 of another), a Concat ("joined" reads two maps), and a
/// residual addition.
inline NetworkDescription branching_network(const InputDescription& input, std::size_t classes) {
  models::Chain chain(input, 1);
  chain.add("stem", LayerKind::kConvolution, 3, 16, 1, 4);
  chain.add("down", LayerKind::kConvolution, 3, 24, 2, 4);
  chain.add("sum", LayerKind::kConvolution, 3, 24, 1, 4);
  chain.add_pointwise_input(0, 2);
  chain.add("joined", LayerKind::kConvolution, 1, 16, 1, 4);
  chain.add_pointwise_input(1, 1);
  chain.add("added", LayerKind::kConvolution, 3, 24, 1, 4);
  chain.add_residual(2);
  return chain.finish(classes, 0);
}

}  // namespace colcomb::tests
