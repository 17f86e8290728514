// Classifies raw images with a packed network: classify NETWORK IMAGES
//
// NETWORK is what `colcomb quantize` or `colcomb run` wrote; IMAGES holds 8-bit pixels, C x H x W
// per image, any number of images one after the other.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/inference/engine.hpp"

int main(int argc, char** argv) try {
  if (argc != 3) return std::fputs("usage: classify NETWORK IMAGES\n", stderr), 2;
  colcomb::inference::Engine engine(argv[1]);
  std::ifstream file(argv[2], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::uint8_t> images(bytes.begin(), bytes.end());
  images.resize(images.size() / engine.image_size() * engine.image_size());
  std::vector<std::int32_t> logits(images.size() / engine.image_size() * engine.classes());
  engine.run(images, logits);
  for (auto row = logits.begin(); row != logits.end(); row += std::ptrdiff_t(engine.classes())) {
    const auto best = std::max_element(row, row + std::ptrdiff_t(engine.classes()));
    std::printf("class %td, logit %d\n", best - row, *best);
  }
} catch (const colcomb::UserError& error) {
  std::fprintf(stderr, "classify: %s\n", error.what());
  return 1;
}
