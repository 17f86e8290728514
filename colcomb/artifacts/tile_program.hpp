#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/activation_table.hpp"
#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/pooling_window.hpp"
#include "colcomb/artifacts/schedule.hpp"

namespace colcomb {

// Everything that a machine of one array description needs to run one network, and nothing else:
// docs/reference/tile-program.md. C, R, Q, Z, K are those of docs/reference/cycle-model.md; buses
// are numbered from row 0 up, bus b serving rows b * I to b * I + I - 1.

/// What one data line of one column reads for every word of a tile.
struct LineDescriptor {
  std::uint32_t address = 0;  // byte address of its channel's plane in the column's bank
  std::int32_t dy = 0;        // it reads pixel (y * stride + dy, x * stride + dx) of the plane
  std::int32_t dx = 0;        // columns right of it
  std::uint8_t padding = 0;   // what it delivers for pixels outside the map
  bool used = false;          // false: the line carries 0

  bool operator==(const LineDescriptor&) const = default;
};

/// What one row adds, and where the maps that a later layer adds are kept.
struct RowDescriptor {
  std::int32_t bias = 0;               // what the row's sums begin with
  bool has_residual = false;           // its filter is a channel of the residual source
  std::uint32_t residual_address = 0;  // byte address of that channel's plane in the row's bank
  std::uint32_t keep_address = 0;      // of its own plane in the residual buffer, where it is kept

  bool operator==(const RowDescriptor&) const = default;
};

/// One byte that a bank of the data buffer takes from the word at the array's output.
struct WriteDescriptor {
  std::uint32_t address = 0;  // byte address of the channel's plane in the bank
  std::uint16_t row = 0;      // of the array, whose byte it is
  bool used = false;          // false: the bank takes nothing

  bool operator==(const WriteDescriptor&) const = default;
};

/// The buffer at the other end of a transfer.
enum class TransferKind : std::uint8_t {
  kWeights,   // DRAM to weight buffer
  kImages,    // DRAM to input buffer, a whole batch
  kInput,     // DRAM to input buffer, what one block reads
  kResidual,  // DRAM to residual input buffer
  kOutput,    // output buffer to DRAM
};

/// Consecutive bursts of DRAM, moved one DRAM word per clock.
struct Transfer {
  TransferKind kind = TransferKind::kWeights;  // its other end
  bool per_batch = false;        // images and logits: batch b's lie b * batch_bytes further
  std::uint64_t dram = 0;        // byte address, a multiple of the burst
  std::uint32_t bursts = 0;      // at least 1
  std::uint32_t address = 0;     // byte address in the bank, before the turn's slot is added
  std::uint32_t skip = 0;        // kOutput: bytes in front that stay as they are in DRAM
  std::uint32_t bytes = 0;       // kOutput: bytes that are written
  std::uint32_t bank_begin = 0;  // input buffer: its banks are bank_numbers[bank_begin ...];
                                 // row buffers: the bus
  std::uint32_t banks = 0;       // input buffer: how many banks take a copy

  bool operator==(const Transfer&) const = default;
};

/// Where the results of a layer go when its last column tile has added to them.
enum class LayerRole : std::uint8_t {
  kHidden,      // a map, 8 bits a value, of activations or behind pooling windows
  kPooled,      // the same through global average pooling, whose means the classifier reads
  kClassifier,  // logits, 32 bits a value
};

/// A map that some column tiles of a layer read.
struct LayerInput {
  std::uint32_t source = 0;  // layer whose output it is; of layer 0 the image, whatever it says
  std::uint32_t height = 0;  // of the map, pixels
  std::uint32_t width = 0;   // of the map, pixels
  std::uint32_t stride = 1;  // from output pixel to output pixel
  std::uint32_t first_column_tile = 0;  // those from here to the next input's first

  bool operator==(const LayerInput&) const = default;
};

/// What the machine's counters need of one layer.
struct LayerSetup {
  std::string name;                      // the layer's
  LayerRole role = LayerRole::kHidden;   // what becomes of its outputs
  std::uint32_t filters = 0;             // rows, N
  std::uint32_t in_height = 0;           // of the first map that it reads
  std::uint32_t in_width = 0;            // likewise
  std::uint32_t stride = 1;              // of that map
  std::uint32_t sum_height = 0;          // of the map of sums
  std::uint32_t sum_width = 0;           // likewise
  std::optional<PoolingWindow> pooling;  // over the map of sums; absent: none
  std::uint32_t fraction_bits = 0;       // f: sums are shifted right by so many bits, and more of
                                         // rows with an exponent
  /// Of a hidden layer with an activation table: its kTableEntries bytes, or so many for each
  /// filter. Else empty.
  std::vector<std::uint8_t> table;
  /// Of a hidden layer whose rows have scales of their own: filter n's sums are shifted by f +
  /// row_exponents[n], 22 at most. Else empty.
  std::vector<std::uint8_t> row_exponents;
  std::uint32_t residual_width = 0;         // of the residual source's map
  std::uint32_t residual_height = 0;        // 0: no residual source
  std::uint32_t residual_stride = 1;        // it adds the source's pixel (y * stride, x * stride)
  std::uint32_t pooling_fraction_bits = 0;  // of global average pooling
  bool keep = false;                        // results go to the residual buffer too
  bool to_dram = false;                     // results go to the output buffer
  /// Layer whose output it reads; nothing: the layer before, of layer 0 the image. in_height,
  /// in_width and stride are those of this map.
  std::optional<std::uint32_t> source;
  std::vector<LayerInput> more_inputs;  // further maps, of the column tiles behind

  /// Whether each filter has a table of its own.
  [[nodiscard]] bool table_by_row() const { return table.size() > kTableEntries; }
  /// What filter `row`'s table has for the byte. Requires: there is a table.
  [[nodiscard]] std::uint8_t entry(std::size_t row, std::uint8_t byte) const {
    return table[(table_by_row() ? row * kTableEntries : 0) + byte];
  }
  /// Maps that it reads.
  [[nodiscard]] std::size_t input_count() const { return 1 + more_inputs.size(); }
  /// Input `i` of layer `index`.
  [[nodiscard]] LayerInput input(std::size_t index, std::size_t i) const {
    if (i > 0) return more_inputs[i - 1];
    const auto before = static_cast<std::uint32_t>(index == 0 ? 0 : index - 1);
    return {source.value_or(before), in_height, in_width, stride, 0};
  }
  /// The input that column tile `column_tile` of layer `index` reads.
  [[nodiscard]] LayerInput input_of(std::size_t index, std::uint32_t column_tile) const {
    std::size_t i = more_inputs.size();
    while (i > 0 && more_inputs[i - 1].first_column_tile > column_tile) --i;
    return input(index, i);
  }

  /// Bits by which filter n's sums are shifted right.
  [[nodiscard]] std::uint32_t row_fraction_bits(std::size_t n) const {
    return fraction_bits + (row_exponents.empty() ? 0 : row_exponents[n]);
  }

  /// Words of one image, and which pixels of the output map they complete.
  [[nodiscard]] WordGrid words() const { return {sum_height, sum_width, pooling}; }

  bool operator==(const LayerSetup&) const = default;
};

/// Which buffer feeds a tile's columns or rows.
enum class InputSource : std::uint8_t {
  kNone,   // nothing is read
  kKept,   // the data buffer; of rows the residual buffer
  kImage,  // the input buffer's whole images
  kBlock,  // the input buffer's block; of rows the residual input buffer's
};

/// The registers that the controller sets for one tile; `schedule.tiles` has the rest.
struct TileSetup {
  // Columns: lines l = 0 .. line_count - 1 of all columns, read bank_ports a clock; line l of
  // column c is lines[(line_begin + l) * C + c].
  InputSource input = InputSource::kNone;
  bool new_block = false;         // the input buffer's turn changes with this tile
  std::int64_t input_offset = 0;  // added to a line's byte address
  std::uint32_t line_begin = 0;   // the first of its columns' LineDescriptors
  std::uint32_t line_count = 0;   // how many there are

  // Rows: row r is rows[row_begin + r].
  std::uint32_t row_begin = 0;
  InputSource residual = InputSource::kNone;  // where the map that it adds comes from
  bool new_residual_block = false;            // the residual input buffer turns to its next block
  std::int64_t residual_offset = 0;           // added to residual addresses, bytes
  std::uint32_t partial_sum_words = 0;        // words of a row's place in the partial-sum buffer

  // Results: write w of bank c is writes[(write_begin + w) * C + c], bank_ports a clock.
  std::uint32_t write_begin = 0;
  std::uint32_t write_count = 0;       // how many there are
  std::uint32_t output_row_bytes = 0;  // of a row's place in the output buffer
  std::int64_t output_offset = 0;      // byte address there of the tile's word 0, less the row's
  std::uint32_t pooling_entry = 0;     // global pooling: accumulator of the bus's first row
  std::uint32_t window_entry = 0;      // pooling windows: word of the line buffer where that of the
                                       // bus's first row begins; out_width words a row

  std::uint64_t weight_address = 0;     // byte address in the weight buffer, before the turn's slot
  std::uint32_t weight_line_bytes = 0;  // of one weight-load cycle

  // Waits of the controller, in clocks between its decisions.
  std::uint32_t send_gap = 0;          // from the last word of the tile before to the first of this
  std::uint32_t send_after_begin = 0;  // from the first word of the tile before; 0: none
  std::uint32_t send_after_load = 0;   // from this tile's load
  std::uint32_t load_after_begin = 0;  // from the first word of the tile before to this tile's load
  bool after_all = false;              // first of a layer: once all earlier tiles are done
  bool fetch_after_all = false;        // its transfers too, and all outputs are written before

  std::uint32_t read_begin = 0;    // transfers[read_begin ...]: what it needs from DRAM
  std::uint32_t reads = 0;         // how many of them
  std::uint32_t output_begin = 0;  // what a later tile's transfers write to DRAM for it
  std::uint32_t outputs = 0;       // how many of them

  bool operator==(const TileSetup&) const = default;
};

/// The external memory, byte addresses. Planes begin with a burst: of images one per channel (after
/// the checkerboard reshape), of maps one per filter, of logits one per class, 4 bytes a value,
/// little-endian; each holds the images of a batch one after the other, row-major.
struct MemoryMap {
  std::uint64_t weights = 0;        // the weight image
  std::vector<std::uint64_t> maps;  // per layer, of its output map; 0: not in DRAM
  std::uint64_t batches = 0;        // batch b's images are at batches + b * batch_bytes,
  std::uint64_t logits = 0;         // its logits so many bytes behind
  std::uint64_t batch_bytes = 0;    // from one batch to the next

  bool operator==(const MemoryMap&) const = default;
};

/// Bytes of one slot of a bank where a buffer is used in turns; 0 where it is not.
struct SlotBytes {
  std::uint64_t images = 0;    // input buffer, from address 0: two batches of whole images
  std::uint64_t input = 0;     // and behind them two blocks
  std::uint64_t residual = 0;  // residual input buffer
  std::uint64_t output = 0;    // output buffer
  std::uint64_t weights = 0;   // weight buffer, where each tile reads its own

  bool operator==(const SlotBytes&) const = default;
};

/// All of it, as one file.
struct TileProgram {
  ArrayConfig array;                        // the machine it was compiled for
  std::uint32_t channels = 0;               // of a raw image
  std::uint32_t height = 0;                 // of an image, pixels
  std::uint32_t width = 0;                  // of an image, pixels
  std::uint32_t reshape_stride = 1;         // checkerboard reshape of the images
  Schedule schedule;                        // tiles, and the blocks of each
  std::vector<LayerSetup> layers;           // a setup for each layer
  std::vector<TileSetup> tiles;             // one per tile of the schedule
  std::vector<LineDescriptor> lines;        // of all tiles, one after the other
  std::vector<RowDescriptor> rows;          // of all tiles
  std::vector<WriteDescriptor> writes;      // of all tiles
  std::vector<Transfer> initial;            // before the first batch
  std::vector<Transfer> transfers;          // that tiles refer to
  std::vector<std::uint16_t> bank_numbers;  // that transfers refer to
  std::vector<std::uint8_t> weights;        // the weight image, whole bursts
  MemoryMap memory;                         // what lies where in DRAM
  SlotBytes slots;                          // bytes of a slot of each buffer

  /// The map that a tile's columns read.
  [[nodiscard]] LayerInput input_of(const Tile& tile) const {
    return layers[tile.layer].input_of(tile.layer, tile.column_tile);
  }
  bool operator==(const TileProgram&) const = default;
};

/// Whether the data buffer keeps the output of a layer for one that reads it.
[[nodiscard]] bool is_kept(const TileProgram& program, std::size_t layer);

/// Errors: UserError (file `where`) naming the first field that breaks a rule. What passes cannot
/// make its machine leave a memory or a vector, divide by zero or wait without end; whether it
/// computes a network, and whether its waits are long enough, is the compiler's affair.
void validate(const TileProgram& program, const std::string& where);

/// The tile program file. Errors: UserError naming the file: one that cannot be written or read, or
/// is not a whole tile program of this version, or does not pass validate().
void save_tile_program(const TileProgram& program, const std::filesystem::path& path);
[[nodiscard]] TileProgram load_tile_program(const std::filesystem::path& path);
/// The same from the file's bytes; errors name `name`. Requires: content aligned to 8 bytes.
[[nodiscard]] TileProgram read_tile_program(std::span<const std::byte> content,
                                            const std::string& name);

}  // namespace colcomb
