// Folders for the tests in a browser: of a run, of a cross-layer one, and of one with a matrix of
// 2048 x 2048.
// usage: write_pages FOLDER
#include "tests/support/page_run.hpp"

namespace {

using namespace colcomb;

/// A pointwise layer of 2048 x 2048 in groups of 8, every cell of its packed matrix filled.
QuantizedNetwork large_network() {
  tests::BlockNetwork blocks;
  blocks.filters = {2048};
  blocks.layers = {1};
  blocks.strides = {1};
  blocks.alphas = {8};
  blocks.channels = 1;
  blocks.side = 1;
  return tests::filled_block_network(blocks, 3);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  tests::write_page_run(tests::page_network(), folder / "run");
  ArrayConfig pipeline = tests::page_array();
  pipeline.cross_layer = true;
  tests::write_page_run(tests::page_network(), folder / "pipeline", pipeline);
  tests::write_page_run(large_network(), folder / "large", describe_array("32x32", 8));
  return 0;
}
