#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace colcomb {

/// What stands in each place of the array (paper, section 4.2).
enum class CellKind : std::uint8_t {
  kBalanced,     // "BL": one bit-serial MAC; a word enters every accumulation_bits clocks
  kInterleaved,  // "IL": accumulation_bits / 8 bit-serial MACs share a weight; a word every 8
                 // clocks
  kMultiplexed,  // "MX": an IL cell that selects one of alpha data lines
  kParallel,     // "parallel": an 8-bit multiplier, one word per clock: the usual array, to compare
};
[[nodiscard]] const char* name_of(CellKind kind);

/// Order of a layer's tiles.
enum class TileOrder : std::uint8_t {
  kWeightMajor,  // each tile's weights are loaded once; all pixels stream past them
  kOutputMajor,  // a block of pixels is finished for all filters before the next block begins
};
[[nodiscard]] const char* name_of(TileOrder order);

/// The one description of a systolic array system that tiler, simulator, RTL and cost model share.
/// docs/reference/cycle-model.md says what each number means for the clocks.
struct ArrayConfig {
  std::string name;  // file name without extension

  // [array]
  std::size_t rows = 32;                   // R, 1 to 1024: filters of a tile
  std::size_t columns = 32;                // C, 1 to 1024: groups of a tile
  std::size_t alpha = 8;                   // data lines per column, 1 to 64
  CellKind cell = CellKind::kMultiplexed;  // what stands in each place
  std::size_t accumulation_bits = 32;      // A: 16, 24 or 32; a layer must provably fit
  bool double_buffering = true;  // a second weight register per cell and load lines of its own
  double clock_mhz = 150;        // for seconds and frames per second alone

  // [buffers]: all banks of a memory together, in bytes. Data and input buffer have one bank per
  // column, the others but the weight buffer one per row bus.
  std::uint64_t data_bytes = 1U << 20U;            // maps between layers
  std::uint64_t input_bytes = 1U << 18U;           // images, and maps that come from DRAM
  std::uint64_t residual_bytes = 1U << 18U;        // maps that a later layer adds
  std::uint64_t residual_input_bytes = 1U << 16U;  // the same where they come from DRAM
  std::uint64_t output_bytes = 1U << 17U;          // logits, and maps on their way to DRAM
  std::uint64_t weight_bytes = 1U << 18U;          // packed weights waiting to be loaded
  std::uint64_t partial_sum_bytes = 1U << 18U;     // accumulations between column tiles
  std::uint64_t pooling_bytes = 1U << 17U;         // line buffer of pooling windows
  std::uint64_t line_bytes = 0;  // cross-layer: most of each line buffer in front of a layer's
                                 // array; 0: what it takes to cost no clock
  std::size_t bank_ports = 1;    // bytes that a bank of data or input buffer reads, and one of the
                                 // data buffer writes, in a clock; 1 to 1024

  // [pooling]
  std::size_t pooling_windows = 4;  // most windows that a pixel may lie in along each side, the
                                    // partial results that a row keeps; 1 to 32

  // [dram]
  std::size_t dram_bytes_per_clock = 16;  // reads and writes together; a power of two
  std::size_t dram_burst_bytes = 64;      // moved at a time, aligned; a power of two
  std::size_t dram_latency = 32;  // clocks from a read's request to its first bytes, at least 2

  // [schedule]
  TileOrder order = TileOrder::kWeightMajor;
  std::size_t batch = 1;     // images taken through a layer together, 1 to 1024
  bool cross_layer = false;  // an array of its own for every layer (paper, section 3.6)

  /// I: clocks from word to word of one column.
  [[nodiscard]] std::size_t word_interval() const;
  /// S: accumulations that a cell works on at the same time.
  [[nodiscard]] std::size_t streams() const;
  /// D: clocks in which a word occupies its data line.
  [[nodiscard]] std::size_t data_clocks() const;
  /// T: clocks in which one accumulation passes a cell.
  [[nodiscard]] std::size_t word_clocks() const;
  /// W: bits of one cell's weight and select.
  [[nodiscard]] std::size_t weight_bits() const;
  /// L: clocks in which one cell's weight and select pass the bottom of its column.
  [[nodiscard]] std::size_t load_clocks() const;
  /// Lines that carry weights into a column, one bit each.
  [[nodiscard]] std::size_t load_lines() const;
  /// Bytes of one weight-load cycle of a tile of `groups` columns, in DRAM as in the weight buffer:
  /// one bit per load line, rounded up to the next power of two, or to a whole line of the buffer
  /// where it is more than DRAM moves in a clock. 0 without groups.
  [[nodiscard]] std::uint64_t weight_line_bytes(std::size_t groups) const;
  /// Bytes of a tile's weights, whole bursts.
  [[nodiscard]] std::uint64_t weight_image_bytes(std::size_t rows, std::size_t groups) const;
  /// Bytes of one full tile's weights in DRAM and in the weight buffer.
  [[nodiscard]] std::uint64_t tile_bytes() const;
  /// Rows that share a bus behind the ReLU and quantization blocks, and the banks there: I, since
  /// each gives a result every I clocks at most.
  [[nodiscard]] std::size_t rows_per_bus() const { return word_interval(); }
  /// Buses behind the rows: ceil(rows / rows_per_bus()).
  [[nodiscard]] std::size_t row_buses() const;
  /// Bytes of a word of the pooling windows' line buffer: partial results of 24 bits.
  [[nodiscard]] std::size_t pooling_word_bytes() const { return 3 * pooling_windows; }
  /// Bytes of one bank of a memory of `bytes` with a bank per column, or per row bus.
  [[nodiscard]] std::uint64_t column_bank_bytes(std::uint64_t bytes) const {
    return bytes / columns;
  }
  /// Bytes of one bank of a memory of `bytes` with a bank per row bus.
  [[nodiscard]] std::uint64_t row_bank_bytes(std::uint64_t bytes) const {
    return bytes / row_buses();
  }

  bool operator==(const ArrayConfig&) const = default;
};

/// Errors: UserError (file `where`) naming the first key that breaks a rule.
void validate(const ArrayConfig& config, const std::string& where);

/// Reads a TOML file. Missing keys take the defaults above, unknown ones are errors.
/// Errors: UserError naming file, key, value and rule.
[[nodiscard]] ArrayConfig load_array_config(const std::filesystem::path& path);
[[nodiscard]] ArrayConfig parse_array_config(std::string_view toml, const std::string& where);

/// Sets the field of this name, its table's and its own, e.g. "array.rows", to a value as TOML
/// writes it. Does not validate. Errors: UserError (file `where`) for another name or a value of
/// another type.
void set_array_field(ArrayConfig& config, const std::string& name, const std::string& value,
                     const std::string& where);

/// Every number of it in one line, so that two arrays with equal lines are equal but for the name.
[[nodiscard]] std::string describe(const ArrayConfig& config);

/// An array as users name one: a TOML file, or ROWSxCOLUMNS, e.g. "32x32", for MX cells with
/// `alpha` data lines and everything else by default. `alpha` is raised to the default where it is
/// below. Errors: UserError: option_error naming `array` for a short form out of range; as
/// load_array_config for a file.
[[nodiscard]] ArrayConfig describe_array(const std::string& text, std::size_t alpha);

}  // namespace colcomb
