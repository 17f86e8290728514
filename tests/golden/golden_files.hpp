#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::tests {

// What the files beside this one hold: every field of the format with a value of its own. They were
// written once by save_checkpoint and save_packed_network of the first program of their version; a
// new version gets new files.

/// 2 x 4 x 6 images, reshaped to 8 x 2 x 3; a shift layer, a grouped convolution with a window, a
/// residual addition, a fixed layer with a pooling; 3 classes.
inline NetworkDescription golden_description() {
  NetworkDescription network;
  network.input = {2, 4, 6, {0.5, 0.25}, {0.125, 0.75}, 2};
  network.classes = 3;
  network.dropout = 0.375;
  network.data = {"golden", {"caf\xc3\xa9", "", "a,\"b\""}};
  LayerDescription shift;
  shift.name = "shift \xe2\x86\x92";
  shift.kind = LayerKind::kShift;
  shift.in_channels = 8;
  shift.out_channels = 2;
  shift.kernel = 3;
  shift.alpha = 4;
  for (int c = 0; c < 8; ++c) {
    shift.columns.push_back(
        {c, static_cast<std::int16_t>(c % 3 - 1), static_cast<std::int16_t>(1 - c / 3)});
  }
  shift.in_height = 2;
  shift.in_width = 3;
  LayerDescription grouped;
  grouped.name = "grouped";
  grouped.in_channels = 2;
  grouped.out_channels = 2;
  grouped.alpha = 2;
  grouped.window = Window{1, 2, 1, 1, 0, 1, 2, 3};
  grouped.columns = window_columns(2, *grouped.window);
  grouped.in_height = 2;
  grouped.in_width = 3;
  grouped.residual = 0;
  grouped.conv_groups = 2;
  LayerDescription fixed;
  fixed.name = "fixed";
  fixed.in_channels = 2;
  fixed.out_channels = 2;
  fixed.stride = 2;
  fixed.columns = convolution_columns(2, 1);
  fixed.in_height = 2;
  fixed.in_width = 3;
  fixed.batch_norm = false;
  fixed.fixed = true;
  fixed.pooling = PoolingWindow{PoolingKind::kMean, 3, 2, 2, 2, 1, 1, 1, true};
  network.hidden = {shift, grouped, fixed};
  network.classifier = make_classifier(2, 3);
  network.classifier.name = "head";
  network.classifier.alpha = 2;
  return network;
}

inline Checkpoint golden_checkpoint() {
  Checkpoint checkpoint;
  FloatNetwork& network = checkpoint.network;
  network.description = golden_description();
  FloatLayer shift;
  shift.weights =
      Matrix<float>(2, 8, {0, 1, 2, 3, 4, 5, 6, 7, -8, -9, -10, -11, -12, -13, -14, -0.0F});
  shift.batch_norm = BatchNorm{{1.5F, -2.5F}, {0.5F, 0.25F}, {-0.125F, 8}, {0, 1e-5F}};
  FloatLayer grouped;
  grouped.weights = Matrix<float>(2, 4, {0.5F, -0.25F, 0, 0, 0, 0, 1e-30F, 3e30F});
  grouped.mask = Matrix<std::uint8_t>(2, 4, {1, 0, 0, 0, 0, 0, 1, 1});
  grouped.groups = ColumnGroups{{{3, 0}, {2}}};
  grouped.batch_norm = BatchNorm{{1, 2}, {3, 4}, {5, 6}, {7, 8}};
  FloatLayer fixed;
  fixed.weights = Matrix<float>(2, 2, {1, 0, 0, 1});
  fixed.bias = {0, -1};
  network.hidden = {shift, grouped, fixed};
  network.classifier.weights = Matrix<float>(3, 2, {1, 2, 3, 4, 5, 6});
  network.classifier.groups = ColumnGroups{{{1, 0}}};
  network.classifier.mask = Matrix<std::uint8_t>(3, 2, {1, 0, 0, 1, 0, 0});
  network.classifier.bias = {0.1F, 0.2F, 0.3F};
  TrainingState& training = checkpoint.training;
  training.epochs_done = 2;
  training.prunings_done = 1;
  training.prune_fraction = 0.0625;
  training.identity.fields = {{"data", "golden"}, {"learning_rate", "0.1"}, {"teacher", ""}};
  training.optimizer = {{"layer0.weight", {2, 8}, std::vector<float>(16, 0.5F)}, {"step", {}, {3}}};
  EpochRecord first;
  first.epoch = 1;
  first.learning_rate = 0.1;
  first.train_loss = 2.25;
  first.validation_loss = std::numeric_limits<double>::infinity();
  first.validation_top1 = 0.5;
  first.test_loss = 2.125;
  first.test_top1 = 0.25;
  first.test_top5 = 0.75;
  first.nonzeros = 18;
  first.packed_macs = 1ULL << 40;
  first.utilization = 0.875;
  first.retained_magnitude = 0.96875;
  first.regrouped_columns = 5;
  first.seconds = 12.5;
  EpochRecord second = first;
  second.epoch = 2;
  second.test_loss = -0.0;
  training.history = {first, second};
  checkpoint.origin = "trained";
  return checkpoint;
}

inline QuantizedNetwork golden_packed_network() {
  QuantizedNetwork network;
  network.description = golden_description();
  QuantizedLayer shift;
  shift.weights = pack(Matrix<std::int8_t>(2, 8,
                                           {1, 0, 0, 0, 0, -2, 0, 0,  //
                                            0, 0, 64, 0, 0, 0, 0, -64}),
                       ColumnGroups{{{0, 2, 1}, {7, 5}}});
  shift.bias = {-2147483647 - 1, 2147483647};
  shift.fraction_bits = 22;
  shift.padding = {0, 1, 2, 3, 128, 253, 254, 255};
  shift.weight_code = WeightCode::kPowerOfTwo;
  QuantizedLayer grouped;
  grouped.weights =
      pack(Matrix<std::int8_t>(2, 4, {127, -128, 0, 0, 0, 0, 3, 0}), ColumnGroups{{{0, 2}, {1}}});
  grouped.bias = {7, -7};
  grouped.fraction_bits = 5;
  grouped.padding = {9, 8};
  QuantizedLayer fixed;
  fixed.weights = pack(Matrix<std::int8_t>(2, 2, {64, 0, 0, 64}), singleton_groups(2));
  fixed.bias = {32, 32};
  fixed.fraction_bits = 6;
  fixed.padding = {0, 0};
  network.hidden = {shift, grouped, fixed};
  network.classifier.weights =
      pack(Matrix<std::int8_t>(3, 2, {5, 0, 0, -6, 0, 0}), ColumnGroups{{{1, 0}}});
  network.classifier.bias = {1, 2, 3};
  network.classifier.fraction_bits = 7;
  network.classifier.padding = {0, 0};
  network.pooling.fraction_bits = 3;
  network.origin = "quantized from golden.ckpt";
  for (int i = 0; i < 2 * 48; ++i)
    network.samples.pixels.push_back(static_cast<std::uint8_t>(5 * i));
  network.samples.labels = {2, 0};
  return network;
}

}  // namespace colcomb::tests
