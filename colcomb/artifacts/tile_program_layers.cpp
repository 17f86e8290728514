#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/printable.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {
namespace {

// Those of a network description.
constexpr std::uint64_t kMaxSide = 1U << 14U;
constexpr std::uint64_t kMaxFilters = 1U << 20U;
constexpr std::uint64_t kMaxStride = 64;
constexpr std::uint64_t kMaxChannels = 1024;
constexpr std::uint64_t kMaxResidualStride = 1U << 20U;

void validate_image(const TileProgram& program, const std::string& where) {
  const ProgramPart image(where, "");
  image.require(in_range(program.channels, 1, kMaxChannels), "channels", program.channels,
                "must be 1 to 1024");
  image.require(in_range(program.height, 1, kMaxSide), "height", program.height,
                "must be 1 to 16384");
  image.require(in_range(program.width, 1, kMaxSide), "width", program.width, "must be 1 to 16384");
  const std::uint32_t s = program.reshape_stride;
  image.require(in_range(s, 1, kMaxStride) && program.height % s == 0 && program.width % s == 0,
                "reshape_stride", s, "must be 1 to 64 and divide both sides of the image");
}

void validate_sizes(const TileProgram& program, const std::string& where) {
  const ProgramPart all(where, "");
  const std::size_t layers = program.layers.size();
  const Schedule& schedule = program.schedule;
  all.require(layers >= 2, "layers", layers, "must be at least 2: a hidden one and the classifier");
  const char* const rule = "must have one value per layer";
  all.require(schedule.input_in_dram.size() == layers, "schedule.input_in_dram",
              schedule.input_in_dram.size(), rule);
  all.require(schedule.output_in_dram.size() == layers, "schedule.output_in_dram",
              schedule.output_in_dram.size(), rule);
  all.require(schedule.waits_for_dram.size() == layers, "schedule.waits_for_dram",
              schedule.waits_for_dram.size(), rule);
  all.require(schedule.residual_kept.size() == layers, "schedule.residual_kept",
              schedule.residual_kept.size(), rule);
  all.require(schedule.pooling_clocks.size() == layers, "schedule.pooling_clocks",
              schedule.pooling_clocks.size(), rule);
  all.require(schedule.layer_waits.empty() || schedule.layer_waits.size() == layers,
              "schedule.layer_waits", schedule.layer_waits.size(),
              "must have one value per layer, or none");
  all.require(program.memory.maps.size() == layers, "memory.maps", program.memory.maps.size(),
              rule);
  all.require(program.tiles.size() == schedule.tiles.size(), "tiles", program.tiles.size(),
              "must be as many as the schedule has");
  all.require(in_range(schedule.slots, 1, 2), "schedule.slots", schedule.slots, "must be 1 or 2");
}

void validate_shape(const LayerSetup& layer, const ProgramPart& part) {
  part.require(in_range(layer.filters, 1, kMaxFilters), "filters", layer.filters,
               "must be 1 to 1048576");
  part.require(in_range(layer.stride, 1, kMaxStride), "stride", layer.stride, "must be 1 to 64");
  const char* const side = "must be 1 to 16384";
  part.require(in_range(layer.sum_height, 1, kMaxSide), "sum_height", layer.sum_height, side);
  part.require(in_range(layer.sum_width, 1, kMaxSide), "sum_width", layer.sum_width, side);
  part.require(layer.fraction_bits <= kMaxFractionBits, "fraction_bits", layer.fraction_bits,
               "must be 0 to 22");
  part.require(layer.pooling_fraction_bits <= kMaxPoolingFractionBits, "pooling_fraction_bits",
               layer.pooling_fraction_bits, "must be 0 to 8");
  part.require(layer.table.empty() || layer.table.size() == kTableEntries ||
                   layer.table.size() == layer.filters * kTableEntries,
               "table", layer.table.size(),
               "must be absent or have 256 bytes, or as many for each filter");
  part.require(layer.table.empty() || layer.role != LayerRole::kClassifier, "table",
               layer.table.size(), "must be absent in the classifier");
}

void validate_exponents(const LayerSetup& layer, const ProgramPart& part) {
  if (layer.row_exponents.empty()) return;
  part.require(layer.row_exponents.size() == layer.filters, "row_exponents",
               layer.row_exponents.size(), "must be absent or have one per filter");
  part.require(layer.role != LayerRole::kClassifier, "row_exponents", layer.row_exponents.size(),
               "must be absent in the classifier");
  for (const std::uint32_t k : layer.row_exponents) {
    part.require(k <= kMaxRowExponent && layer.fraction_bits + k <= kMaxFractionBits,
                 "row_exponents", k, "must be 0 to 7, and at most 22 with fraction_bits");
  }
  part.require(std::ranges::any_of(layer.row_exponents, [](auto k) { return k != 0; }),
               "row_exponents", 0, "must be absent where all are 0");
}

void validate_residual(const LayerSetup& layer, const ProgramPart& part) {
  part.require(in_range(layer.residual_stride, 1, kMaxResidualStride), "residual_stride",
               layer.residual_stride, "must be 1 to 1048576");
  if (layer.residual_height == 0) {
    part.require(layer.residual_width == 0, "residual_width", layer.residual_width,
                 "must be 0 without a residual source");
    return;
  }
  part.require(layer.role != LayerRole::kClassifier, "residual_height", layer.residual_height,
               "must be 0 for the classifier");
  const std::uint64_t stride = layer.residual_stride;
  part.require(
      layer.residual_height <= kMaxSide && (layer.sum_height - 1) * stride < layer.residual_height,
      "residual_height", layer.residual_height, "must hold the last pixel that is added");
  part.require(
      layer.residual_width <= kMaxSide && (layer.sum_width - 1) * stride < layer.residual_width,
      "residual_width", layer.residual_width, "must hold the last pixel that is added");
}

bool role_fits(LayerRole role, std::size_t index, std::size_t layers) {
  if (index + 1 == layers) return role == LayerRole::kClassifier;
  return role == LayerRole::kHidden || (role == LayerRole::kPooled && index + 2 == layers);
}

void validate_side(const PoolingSide& side, std::uint32_t size, std::size_t most_windows,
                   const ProgramPart& part) {
  const std::string text = fmt::format("kernel {}, padding {}, {} windows of {} pixels",
                                       side.kernel, side.padding, side.out, size);
  part.require(in_range(side.kernel, 1, 256) && side.padding < side.kernel, "pooling", text,
               "must have a kernel of 1 to 256 and less padding");
  part.require(
      in_range(side.out, 1, kMaxSide) && (side.out - 1) * side.stride < size + side.padding,
      "pooling", text, "must have 1 to 16384 windows, each with a pixel of the map");
  part.require(side.overlap() <= most_windows, "pooling", text,
               "must have a pixel in at most as many windows as the array's pooling.windows");
}

void validate_pooling(const TileProgram& program, std::size_t index, const ProgramPart& part) {
  const LayerSetup& layer = program.layers[index];
  if (layer.pooling) {
    part.require(layer.role != LayerRole::kClassifier, "pooling", "present",
                 "must be absent in the classifier");
    const PoolingWindow& pooling = *layer.pooling;
    part.require(in_range(pooling.stride, 1, kMaxStride), "pooling", pooling.stride,
                 "must have a stride of 1 to 64");
    validate_side(pooling.vertical(), layer.sum_height, program.array.pooling_windows, part);
    validate_side(pooling.horizontal(), layer.sum_width, program.array.pooling_windows, part);
    const WordGrid words = layer.words();
    part.require(layer.residual_height == 0 ||
                     (words.height() == layer.sum_height && words.width() == layer.sum_width),
                 "pooling", "reaches beyond the map", "must not in a layer with a residual source");
  }
  const unsigned clocks = program.schedule.pooling_clocks[index];
  part.require(clocks == pooling_clocks(layer.pooling, layer.role == LayerRole::kPooled),
               "schedule.pooling_clocks", clocks, "must be those of the layer's poolings");
}

/// The maps that the layer reads.
void validate_inputs(const TileProgram& program, std::size_t index, const ProgramPart& part) {
  const LayerSetup& layer = program.layers[index];
  if (index == 0 || layer.role == LayerRole::kClassifier) {
    part.require(!layer.source, "source", layer.source.value_or(0),
                 "must be absent in the first layer and the classifier");
    part.require(layer.more_inputs.empty(), "more_inputs", layer.more_inputs.size(),
                 "must be none in the first layer and the classifier");
  }
  part.require(layer.input_count() <= kMaxInputParts, "more_inputs", layer.more_inputs.size(),
               "must be at most 63");
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < layer.input_count(); ++i) {
    const LayerInput input = layer.input(index, i);
    part.require(index == 0 || input.source < index, "source", input.source,
                 "must be an earlier layer");
    std::uint64_t height = program.height / program.reshape_stride;
    std::uint64_t width = program.width / program.reshape_stride;
    if (index > 0) {
      const LayerSetup& source = program.layers[input.source];
      height = source.role == LayerRole::kPooled ? 1 : source.words().out_height();
      width = source.role == LayerRole::kPooled ? 1 : source.words().out_width();
    }
    const char* const rule = "must be the size of the map that the layer before gives";
    part.require(input.height == height, "in_height", input.height, rule);
    part.require(input.width == width, "in_width", input.width, rule);
    part.require(in_range(input.stride, 1, kMaxStride), "stride", input.stride, "must be 1 to 64");
    part.require(i == 0 || input.first_column_tile >= before, "first_column_tile",
                 input.first_column_tile, "must not be below that of the input before");
    before = input.first_column_tile;
  }
}

/// Where input and results are kept.
void validate_places(const TileProgram& program, std::size_t index, const ProgramPart& part) {
  const LayerSetup& layer = program.layers[index];
  const Schedule& schedule = program.schedule;
  const unsigned input = schedule.input_in_dram[index];
  const unsigned output = schedule.output_in_dram[index];
  const unsigned kept = schedule.residual_kept[index];
  const bool hidden = layer.role == LayerRole::kHidden;
  part.require(input <= 1, "schedule.input_in_dram", input, "must be 0 or 1");
  part.require(output <= 1, "schedule.output_in_dram", output, "must be 0 or 1");
  part.require(kept <= 1, "schedule.residual_kept", kept, "must be 0 or 1");
  const unsigned waits = schedule.waits_for_dram[index];
  part.require(waits <= 1, "schedule.waits_for_dram", waits, "must be 0 or 1");
  for (std::size_t i = 0; index > 0 && i < layer.input_count(); ++i) {
    part.require(input <= schedule.output_in_dram[layer.input(index, i).source],
                 "schedule.input_in_dram", input,
                 "must be 0 if a layer that it reads does not write its map to DRAM");
  }
  part.require(hidden || output == 0, "schedule.output_in_dram", output,
               "must be 0 for the pooled layer and the classifier");
  part.require(hidden || kept == 0, "schedule.residual_kept", kept,
               "must be 0 for the pooled layer and the classifier");
  part.require(layer.keep == (kept == 1), "keep", layer.keep, "must be as the schedule says");
  part.require(layer.to_dram == (output == 1 || layer.role == LayerRole::kClassifier), "to_dram",
               layer.to_dram, "must be as the schedule says, true for the classifier");
}

}  // namespace

void validate_layers(const TileProgram& program, const std::string& where) {
  validate_image(program, where);
  validate_sizes(program, where);
  for (std::size_t i = 0; i < program.layers.size(); ++i) {
    const LayerSetup& layer = program.layers[i];
    require_printable(layer.name, where, fmt::format("name of layer {}", i));
    const ProgramPart part(where, fmt::format("layer {}", layer.name));
    part.require(
        role_fits(layer.role, i, program.layers.size()), "role", static_cast<unsigned>(layer.role),
        "must be 2 (classifier) for the last layer, 1 (pooled) or 0 for the one before it, "
        "else 0");
    validate_shape(layer, part);
    validate_exponents(layer, part);
    validate_inputs(program, i, part);
    if (layer.role == LayerRole::kClassifier) {
      part.require(layer.sum_height == 1 && layer.sum_width == 1, "sum_height and sum_width",
                   fmt::format("{} x {}", layer.sum_height, layer.sum_width),
                   "must be 1 for the classifier");
    }
    validate_residual(layer, part);
    validate_pooling(program, i, part);
    validate_places(program, i, part);
  }
}

}  // namespace colcomb
