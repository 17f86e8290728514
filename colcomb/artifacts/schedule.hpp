#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb {

/// One pass of input words through the array with one set of weights. A word is one pixel of the
/// layer's map of sums, or one beyond it that its pooling's windows reach (WordGrid), of one image
/// of the batch, counted image by image and row-major within an image.
struct Tile {
  std::uint32_t layer = 0;        // from 0
  std::uint32_t row_begin = 0;    // first filter
  std::uint32_t rows = 0;         // filters, 1 to R
  std::uint32_t column_tile = 0;  // which of the layer's column tiles
  std::uint32_t groups = 0;       // groups, 0 (an all-zero layer) to C
  std::uint64_t word_begin = 0;   // first word
  std::uint64_t words = 0;        // P, words that stream past the weights
  std::uint64_t outputs = 0;      // pixels of the output map that its words complete
  bool first = false;  // accumulations start with bias and residual; else with partial sums
  bool last = false;   // accumulations leave through the ReLU and quantization block (the linear
                       // layer's: as logits); else to the partial-sum buffer
  std::uint32_t interval = 0;     // K, clocks from word to word: the most of I, lines, writes and
                                  // what pooling asks for
  std::uint32_t read_clocks = 0;  // Q, in which each column's bank reads a word's bytes, at least 1
  std::uint32_t write_clocks = 0;  // Z, in which each bank of the data buffer writes a word's
                                   // bytes; 0: nothing goes there
  std::uint64_t nonzeros = 0;      // cells that hold a weight
  std::uint64_t reads = 0;         // bytes read from data and input buffer
  std::uint64_t writes = 0;        // bytes written to the data buffer, copies included
  std::uint64_t weight_bytes = 0;  // read from DRAM for this tile; 0: they are in the buffer
  std::uint64_t input_bytes = 0;   // activations read from DRAM before this tile
  std::uint64_t output_bytes = 0;  // activations or logits written to DRAM after it

  bool operator==(const Tile&) const = default;
};

/// What a controller runs for one batch of images, again and again: all that clocks and counts
/// depend on. Bytes of DRAM are whole bursts.
struct Schedule {
  std::vector<Tile> tiles;                   // in order of execution; layers in the network's order
  std::vector<std::uint8_t> input_in_dram;   // per layer: it reads its input block by block; of
                                             // layer 0 the images, else whole, once a batch
  std::vector<std::uint8_t> output_in_dram;  // per layer: its output map is written to DRAM
  std::vector<std::uint8_t>
      waits_for_dram;                       // per layer: it reads a map of an earlier one from DRAM
  std::vector<std::uint8_t> residual_kept;  // per layer: its output map is in the residual buffer
  std::vector<std::uint8_t> pooling_clocks;  // per layer: from a row's byte to its last result
  /// Per layer: from the first word of the tile before it to its own first word at least, where its
  /// words may follow those that write what they read; 0: it waits until these are all done. Empty:
  /// so do all layers.
  std::vector<std::uint32_t> layer_waits;
  bool weights_resident = false;           // all tiles' weights fit the weight buffer
  std::uint64_t initial_weight_bytes = 0;  // read once before the first image if they do
  std::size_t slots = 1;  // tiles whose weights and inputs the buffers hold at a time

  /// Whether a layer begins while the one before it still writes.
  [[nodiscard]] bool overlaps(std::size_t layer) const {
    return layer < layer_waits.size() && layer_waits[layer] > 0;
  }

  bool operator==(const Schedule&) const = default;
};

}  // namespace colcomb
