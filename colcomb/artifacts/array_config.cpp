#include "colcomb/artifacts/array_config.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/artifacts/require.hpp"
#include "colcomb/base/arithmetic.hpp"

namespace colcomb {
namespace {

constexpr std::size_t kMaxArraySide = 1024;
constexpr std::size_t kMaxBatch = 1024;
constexpr std::size_t kMaxPoolingWindows = 32;
constexpr std::size_t kMaxWidth = std::size_t{1} << 20U;
constexpr std::uint64_t kMaxBuffer = std::uint64_t{1} << 32U;  // addresses have 32 bits

void in_range(std::uint64_t value, std::uint64_t least, std::uint64_t most,
              const std::string& where, const char* field) {
  if (value >= least && value <= most) return;
  throw file_error(where, field, fmt::to_string(value),
                   fmt::format("must be {} to {}", least, most));
}

void power_of_two(std::size_t value, const std::string& where, const char* field) {
  require(std::has_single_bit(value), where, field, fmt::to_string(value),
          "must be a power of two");
}

void validate_array(const ArrayConfig& config, const std::string& where) {
  in_range(config.rows, 1, kMaxArraySide, where, "array.rows");
  in_range(config.columns, 1, kMaxArraySide, where, "array.columns");
  in_range(config.alpha, 1, kMaxAlpha, where, "array.alpha");
  if (config.cell == CellKind::kBalanced || config.cell == CellKind::kInterleaved) {
    require(config.alpha == 1, where, "array.alpha", fmt::to_string(config.alpha),
            "must be 1: BL and IL cells have one data line");
  }
  const std::size_t bits = config.accumulation_bits;
  require(bits == 16 || bits == 24 || bits == 32, where, "array.accumulation_bits",
          fmt::to_string(bits), "must be 16, 24 or 32");
  require(std::isfinite(config.clock_mhz) && config.clock_mhz > 0, where, "array.clock_mhz",
          fmt::to_string(config.clock_mhz), "must be above 0");
}

}  // namespace

const char* name_of(CellKind kind) {
  switch (kind) {
    case CellKind::kBalanced:
      return "BL";
    case CellKind::kInterleaved:
      return "IL";
    case CellKind::kMultiplexed:
      return "MX";
    case CellKind::kParallel:
      return "parallel";
  }
  return "unknown";
}

const char* name_of(TileOrder order) {
  switch (order) {
    case TileOrder::kWeightMajor:
      return "weight-major";
    case TileOrder::kOutputMajor:
      return "output-major";
  }
  return "unknown";
}

std::size_t ArrayConfig::word_interval() const {
  switch (cell) {
    case CellKind::kBalanced:
      return accumulation_bits;
    case CellKind::kParallel:
      return 1;
    default:
      return 8;
  }
}

std::size_t ArrayConfig::streams() const {
  return word_clocks() / word_interval();
}

std::size_t ArrayConfig::data_clocks() const {
  return cell == CellKind::kParallel ? 1 : 8;
}

std::size_t ArrayConfig::word_clocks() const {
  return cell == CellKind::kParallel ? 1 : accumulation_bits;
}

std::size_t ArrayConfig::weight_bits() const {
  // A bit-serial cell stores sign and 8-bit magnitude, since it negates the product; a parallel one
  // stores the two's complement byte.
  const std::size_t weight = cell == CellKind::kParallel ? 8 : 9;
  return weight + static_cast<std::size_t>(std::bit_width(alpha - 1));
}

std::size_t ArrayConfig::load_clocks() const {
  return ceil_divide(weight_bits(), load_lines());
}

std::size_t ArrayConfig::load_lines() const {
  return cell == CellKind::kParallel ? 8 * alpha : alpha;
}

std::uint64_t ArrayConfig::weight_line_bytes(std::size_t groups) const {
  if (groups == 0) return 0;
  const std::uint64_t bytes = ceil_divide(groups * load_lines(), 8);
  if (bytes <= dram_bytes_per_clock) return std::bit_ceil(bytes);
  const std::uint64_t line = ceil_divide(columns * load_lines(), 8);
  return ceil_divide(line, dram_bytes_per_clock) * dram_bytes_per_clock;
}

std::uint64_t ArrayConfig::weight_image_bytes(std::size_t tile_rows, std::size_t groups) const {
  const std::uint64_t bytes = tile_rows * load_clocks() * weight_line_bytes(groups);
  return ceil_divide(bytes, dram_burst_bytes) * dram_burst_bytes;
}

std::uint64_t ArrayConfig::tile_bytes() const {
  return weight_image_bytes(rows, columns);
}

std::size_t ArrayConfig::row_buses() const {
  return ceil_divide(rows, rows_per_bus());
}

void validate(const ArrayConfig& config, const std::string& where) {
  validate_array(config, where);
  in_range(config.data_bytes, 1, kMaxBuffer, where, "buffers.data_bytes");
  in_range(config.input_bytes, 1, kMaxBuffer, where, "buffers.input_bytes");
  in_range(config.residual_bytes, 0, kMaxBuffer, where, "buffers.residual_bytes");
  in_range(config.residual_input_bytes, 0, kMaxBuffer, where, "buffers.residual_input_bytes");
  in_range(config.output_bytes, 1, kMaxBuffer, where, "buffers.output_bytes");
  in_range(config.bank_ports, 1, kMaxArraySide, where, "buffers.bank_ports");
  in_range(config.weight_bytes, 1, kMaxBuffer, where, "buffers.weight_bytes");
  in_range(config.partial_sum_bytes, 0, kMaxBuffer, where, "buffers.partial_sum_bytes");
  in_range(config.pooling_bytes, 0, kMaxBuffer, where, "buffers.pooling_bytes");
  in_range(config.line_bytes, 0, kMaxBuffer, where, "buffers.line_bytes");
  in_range(config.pooling_windows, 1, kMaxPoolingWindows, where, "pooling.windows");
  in_range(config.dram_bytes_per_clock, 1, kMaxWidth, where, "dram.bytes_per_clock");
  power_of_two(config.dram_bytes_per_clock, where, "dram.bytes_per_clock");
  in_range(config.dram_burst_bytes, config.dram_bytes_per_clock, kMaxWidth, where,
           "dram.burst_bytes");
  power_of_two(config.dram_burst_bytes, where, "dram.burst_bytes");
  in_range(config.dram_latency, 2, kMaxWidth, where, "dram.latency");
  in_range(config.batch, 1, kMaxBatch, where, "schedule.batch");
  if (config.cross_layer) {
    require(config.batch == 1, where, "schedule.batch", fmt::to_string(config.batch),
            "must be 1 with cross_layer: images follow each other without a pause");
  } else if (config.weight_bytes < config.tile_bytes()) {
    throw file_error(where, "buffers.weight_bytes", fmt::to_string(config.weight_bytes),
                     fmt::format("must hold one full tile, {} bytes", config.tile_bytes()));
  }
}

std::string describe(const ArrayConfig& c) {
  return fmt::format(
      "{} x {} {} cells, alpha {}, {} accumulation bits, double buffering {}, {} MHz; data {} "
      "bytes, inputs {}, residuals {} and {}, outputs {}, weights {}, partial sums {}, pooling {} "
      "for {} windows, lines {}, ports {}; DRAM {} bytes per clock, bursts of {}, latency {}; {}, "
      "batch {}, "
      "cross-layer {}",
      c.rows, c.columns, name_of(c.cell), c.alpha, c.accumulation_bits, c.double_buffering,
      c.clock_mhz, c.data_bytes, c.input_bytes, c.residual_bytes, c.residual_input_bytes,
      c.output_bytes, c.weight_bytes, c.partial_sum_bytes, c.pooling_bytes, c.pooling_windows,
      c.line_bytes, c.bank_ports, c.dram_bytes_per_clock, c.dram_burst_bytes, c.dram_latency,
      name_of(c.order), c.batch, c.cross_layer);
}

ArrayConfig describe_array(const std::string& text, std::size_t alpha) {
  const std::size_t cross = text.find('x');
  const auto digits = [](std::string_view word) {
    return !word.empty() && word.size() <= 5 &&
           word.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const bool is_short =
      cross != std::string::npos && digits(text.substr(0, cross)) && digits(text.substr(cross + 1));
  if (!is_short) return load_array_config(text);
  ArrayConfig config;
  config.name = text;
  config.rows = std::stoul(text.substr(0, cross));
  config.columns = std::stoul(text.substr(cross + 1));
  config.alpha = std::max(config.alpha, alpha);
  try {
    validate(config, text);
  } catch (const UserError& error) {
    throw option_error("array", text, error.parts().field + " " + error.parts().rule);
  }
  return config;
}

}  // namespace colcomb
