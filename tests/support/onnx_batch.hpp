#pragma once

#include <gtest/gtest.h>
#include <onnx/checker.h>

#include <cstdint>
#include <vector>

#include "colcomb/interchange/export.hpp"
#include "tests/support/onnx_evaluation.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::tests {

/// The exported model, which the specification's checker has passed.
inline onnx::ModelProto exported_model(const QuantizedNetwork& network,
                                       interchange::OnnxForm form) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(interchange::onnx_model(network, {form}, "network")));
  onnx::checker::check_model(model);
  return model;
}

/// A batch of random images, and the tensor they make.
struct Batch {
  std::vector<std::vector<std::uint8_t>> images;
  OnnxTensor tensor;
};

inline Batch random_batch(Random& random, const InputDescription& input, std::size_t size) {
  Batch batch;
  batch.tensor.type = onnx::TensorProto::UINT8;
  batch.tensor.shape = {static_cast<std::int64_t>(size), static_cast<std::int64_t>(input.channels),
                        static_cast<std::int64_t>(input.height),
                        static_cast<std::int64_t>(input.width)};
  for (std::size_t b = 0; b < size; ++b) {
    batch.images.push_back(random_image(random, input));
    batch.tensor.values.insert(batch.tensor.values.end(), batch.images[b].begin(),
                               batch.images[b].end());
  }
  return batch;
}

}  // namespace colcomb::tests
