// Writes what check_logits.js compares for a packed network and a data set's test images.
//
//   onnx_write_case NET.packed DATASET ROOT LIMIT PREFIX     LIMIT 0: all images
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>

#include "colcomb/inference/engine.hpp"
#include "colcomb/interchange/export.hpp"
#include "tests/onnx/runtime_case.hpp"

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: onnx_write_case NET.packed DATASET ROOT LIMIT PREFIX\n");
    return 2;
  }
  try {
    const colcomb::QuantizedNetwork network = colcomb::load_packed_network(argv[1]);
    const std::string prefix = argv[5];
    const auto images = colcomb::tests::test_images(argv[2], argv[3], network.description.input,
                                                    std::stoul(argv[4]));
    colcomb::inference::Engine engine(network);
    std::vector<std::int32_t> logits(images.size() / engine.image_size() * engine.classes());
    engine.run(images, logits);
    colcomb::interchange::save_onnx(network, {}, prefix + ".onnx");
    colcomb::tests::write_expectation(prefix, images, logits);
  } catch (const std::exception& error) {
    fmt::print(stderr, "onnx_write_case: {}\n", error.what());
    return 1;
  }
  return 0;
}
