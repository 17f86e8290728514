#pragma once

#include "colcomb/artifacts/checkpoint.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tests {

/// Four filters on three channels, half of the weights pruned, in two groups; two classes.
inline Checkpoint small_checkpoint() {
  Checkpoint checkpoint;
  FloatNetwork& network = checkpoint.network;
  network.description = dense_network(2, 2, 3, 4, 2).description;
  network.description.hidden[0].alpha = 2;
  network.description.hidden[0].batch_norm = false;
  FloatLayer first;
  first.weights = Matrix<float>(4, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3});
  first.mask = Matrix<std::uint8_t>(4, 3, {1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1});
  first.groups = ColumnGroups{{{0, 1}, {2}}};
  first.bias = {0, 0, 0, 0};
  network.hidden = {first};
  network.classifier.weights = Matrix<float>(2, 4, {1, 1, 1, 1, 1, 1, 1, 1});
  network.classifier.bias = {0, 0};
  for (std::uint32_t epoch = 1; epoch <= 2; ++epoch) {
    EpochRecord record;
    record.epoch = epoch;
    record.test_top1 = 0.25 * epoch;
    record.nonzeros = 12 - 3 * epoch;
    record.utilization = 0.5;
    record.train_loss = 2;
    checkpoint.training.history.push_back(record);
  }
  checkpoint.training.epochs_done = 2;
  return checkpoint;
}

}  // namespace colcomb::tests
