#include "colcomb/tiling/compile.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/tiling/descriptors.hpp"
#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/layer_tiles.hpp"
#include "colcomb/tiling/layout.hpp"
#include "colcomb/tiling/placement.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/weight_image.hpp"

namespace colcomb::tiling {
namespace {

class Compiler {
 public:
  Compiler(const QuantizedNetwork& network, const ArrayConfig& config)
      : network_(network), description_(network.description), config_(config) {
    program_.array = config;
    program_.channels = static_cast<std::uint32_t>(description_.input.channels);
    program_.height = static_cast<std::uint32_t>(description_.input.height);
    program_.width = static_cast<std::uint32_t>(description_.input.width);
    program_.reshape_stride = static_cast<std::uint32_t>(description_.input.reshape_stride);
    program_.schedule = make_schedule(network, config);
    for (std::size_t i = 0; i < network.layer_count(); ++i)
      layouts_.push_back(input_layout(network.layer(i), description_.layer(i), config));
    shapes_ = shapes_of(network, config, layouts_);
    maps_ = map_layouts(description_, layouts_);
    for (std::size_t i = 0; i < network.layer_count(); ++i)
      parts_.push_back(parts_of(description_, i));
    placement_ = place_maps(description_, shapes_, config);
  }

  TileProgram compile() {
    set_layers();
    set_slots();
    set_memory();
    for (std::size_t t = 0; t < program_.schedule.tiles.size(); ++t) add_tile(t);
    set_waits();
    return std::move(program_);
  }

 private:
  [[nodiscard]] const LayerDescription& layer(std::size_t index) const {
    return description_.layer(index);
  }
  [[nodiscard]] std::uint64_t output_pixels(std::size_t index) const {
    return layer(index).out_height() * layer(index).out_width();
  }
  [[nodiscard]] const LayerPart& part_of(const Tile& tile) const {
    return parts_[tile.layer][layouts_[tile.layer].column_tiles[tile.column_tile].part];
  }
  [[nodiscard]] std::uint64_t input_plane(const LayerPart& part) const {
    return config_.batch * part.reader.in_height * part.reader.in_width;
  }
  [[nodiscard]] std::uint64_t in_bursts(std::uint64_t bytes) const {
    return burst_bytes({0, bytes}, config_);
  }
  [[nodiscard]] bool classifies(std::size_t index) const { return network_.is_classifier(index); }
  [[nodiscard]] bool residual_in_dram(std::size_t index) const {
    return layer(index).residual && placement_.residual_kept[*layer(index).residual] == 0;
  }
  [[nodiscard]] std::uint64_t bus_rows() const {
    return std::min(config_.rows_per_bus(), config_.rows);
  }
  /// Bytes of one plane's place in a buffer: the most of any tile.
  [[nodiscard]] std::uint64_t most_bytes(std::size_t index, auto range_of) const {
    std::uint64_t most = 0;
    for (const Tile& tile : program_.schedule.tiles) {
      if (tile.layer == index) most = std::max(most, burst_bytes(range_of(tile), config_));
    }
    return most;
  }
  [[nodiscard]] ByteRange input_of(const Tile& tile) const {
    return input_range(shapes_[tile.layer], layer(tile.layer), config_, tile);
  }
  [[nodiscard]] ByteRange output_of(const Tile& tile) const {
    return output_range(description_, tile.layer, tile.word_begin, tile.words);
  }

  void set_layers() {
    for (std::size_t i = 0; i < network_.layer_count(); ++i) {
      LayerSetup setup = layer_setup(network_, i);
      setup.keep = placement_.residual_kept[i] != 0;
      setup.to_dram = classifies(i) || placement_.output_in_dram[i] != 0;
      const auto& column_tiles = layouts_[i].column_tiles;
      for (std::size_t p = 0; p < setup.more_inputs.size(); ++p) {
        const auto first = std::ranges::find_if(
            column_tiles, [p](const ColumnTileLayout& tile) { return tile.part > p; });
        setup.more_inputs[p].first_column_tile =
            narrow(static_cast<std::uint64_t>(first - column_tiles.begin()));
      }
      program_.layers.push_back(setup);
      input_bytes_.emplace_back();
      for (std::size_t c = 0; c < shapes_[i].column_tiles.size(); ++c) {
        const auto read = [&](const Tile& t) {
          return t.column_tile == c ? input_of(t) : ByteRange{};
        };
        input_bytes_[i].push_back(placement_.input_in_dram[i] != 0 ? most_bytes(i, read) : 0);
      }
      output_bytes_.push_back(
          setup.to_dram ? most_bytes(i, [&](const Tile& t) { return output_of(t); }) : 0);
      residual_bytes_.push_back(
          residual_in_dram(i)
              ? most_bytes(i, [&](const Tile& t) { return residual_range(description_, t); })
              : 0);
      block_words_.push_back(0);
      for (const Tile& tile : program_.schedule.tiles) {
        if (tile.layer == i) block_words_.back() = std::max(block_words_.back(), tile.words);
      }
    }
  }

  void set_slots() {
    SlotBytes& slots = program_.slots;
    slots.images = placement_.image_slot_bytes;
    for (std::size_t i = 0; i < network_.layer_count(); ++i) {
      for (std::size_t c = 0; c < input_bytes_[i].size(); ++c) {
        const std::uint64_t planes =
            shares_input(config_, shapes_[i]) ? shapes_[i].slots : shapes_[i].column_tiles[c].slots;
        slots.input = std::max(slots.input, planes * input_bytes_[i][c]);
      }
      slots.residual = std::max(slots.residual, bus_rows() * residual_bytes_[i]);
      slots.output = std::max(slots.output, bus_rows() * output_bytes_[i]);
    }
    if (!program_.schedule.weights_resident) slots.weights = config_.tile_bytes();
  }

  void set_memory() {
    MemoryMap& memory = program_.memory;
    // The weight image is at 0: every tile of the first block has weights of its own.
    std::uint64_t end = 0;
    for (const Tile& tile : program_.schedule.tiles) {
      if (tile.word_begin == 0) end += config_.weight_image_bytes(tile.rows, tile.groups);
    }
    for (std::size_t i = 0; i < network_.layer_count(); ++i) {
      const bool here = !classifies(i) && placement_.output_in_dram[i] != 0;
      memory.maps.push_back(here ? end : 0);
      if (here) end += layer(i).out_channels * in_bursts(config_.batch * output_pixels(i));
    }
    memory.batches = end;
    memory.logits = layer(0).in_channels * in_bursts(input_plane(parts_[0].front()));
    memory.batch_bytes =
        memory.logits + description_.classifier.out_channels * in_bursts(4 * config_.batch);
  }

  void add_tile(std::size_t index) {
    const Tile& tile = program_.schedule.tiles[index];
    TileSetup setup;
    set_columns(setup, tile, index);
    set_rows(setup, tile);
    set_results(setup, tile);
    set_weights(setup, tile);
    add_reads(setup, tile, index);
    add_outputs(setup, tile);
    program_.tiles.push_back(setup);
  }

  /// The banks of the channels of the tile's map: in the data buffer or the image's, or what the
  /// input buffer holds for a tile's columns.
  [[nodiscard]] BankLayout banks_of(const Tile& tile) const {
    const LayerPart& part = part_of(tile);
    if (placement_.input_in_dram[tile.layer] == 0) return maps_[part.source ? *part.source + 1 : 0];
    const InputLayout& layout = layouts_[tile.layer];
    if (shares_input(config_, shapes_[tile.layer])) return layout.banks;
    return channels_of(tile_banks(layout.column_tiles[tile.column_tile], network_.layer(tile.layer),
                                  layer(tile.layer)),
                       part.channel_begin, part.reader.in_channels);
  }

  [[nodiscard]] InputSource input_source(std::size_t index) const {
    if (placement_.input_in_dram[index] != 0) return InputSource::kBlock;
    return index == 0 ? InputSource::kImage : InputSource::kKept;
  }

  void set_columns(TileSetup& setup, const Tile& tile, std::size_t index) {
    setup.input = input_source(tile.layer);
    if (setup.input == InputSource::kImage) setup.new_block = index == 0;
    if (setup.input == InputSource::kBlock) {
      const Tile* before = index == 0 ? nullptr : &program_.schedule.tiles[index - 1];
      const bool shared = shares_input(config_, shapes_[tile.layer]) && before != nullptr &&
                          before->layer == tile.layer && before->word_begin == tile.word_begin;
      setup.new_block = !shared;
      setup.input_offset = static_cast<std::int64_t>(2 * program_.slots.images) -
                           static_cast<std::int64_t>(whole_bursts(input_of(tile), config_).begin);
    }
    const auto [found, is_new] = lines_of_.try_emplace(
        {tile.layer, tile.column_tile}, program_.lines.size() / config_.columns, std::uint64_t{0});
    if (is_new) found->second.second = add_lines(tile, setup.input);
    setup.line_begin = narrow(found->second.first);
    setup.line_count = narrow(found->second.second);
  }

  std::uint64_t add_lines(const Tile& tile, InputSource source) {
    const BankLayout banks = banks_of(tile);
    const LayerPart& part = part_of(tile);
    std::uint64_t plane = input_plane(part);
    std::uint64_t begin = 0;
    if (source == InputSource::kKept) begin = placement_.output_address[*part.source];
    if (source == InputSource::kImage) plane = in_bursts(plane);
    if (source == InputSource::kBlock) plane = input_bytes_[tile.layer][tile.column_tile];
    return append_lines(program_.lines, config_.columns,
                        layouts_[tile.layer].column_tiles[tile.column_tile],
                        network_.layer(tile.layer), layer(tile.layer), [&](std::size_t channel) {
                          return begin + banks.slots[channel - part.channel_begin] * plane;
                        });
  }

  void set_rows(TileSetup& setup, const Tile& tile) {
    const auto [found, is_new] =
        rows_of_.try_emplace({tile.layer, tile.row_begin}, program_.rows.size());
    setup.row_begin = narrow(found->second);
    if (is_new) add_rows(tile);
    setup.partial_sum_words = narrow(block_words_[tile.layer]);
    if (!tile.first || !layer(tile.layer).residual) return;
    setup.residual = InputSource::kKept;
    if (!residual_in_dram(tile.layer)) return;
    setup.residual = InputSource::kBlock;
    setup.new_residual_block = true;
    setup.residual_offset =
        -static_cast<std::int64_t>(whole_bursts(residual_range(description_, tile), config_).begin);
  }

  /// Where the plane of filter n lies in its bank of the residual buffer.
  [[nodiscard]] std::uint64_t kept_address(std::size_t source, std::size_t filter) const {
    const std::size_t row = filter % config_.rows;
    const std::uint64_t slot = filter / config_.rows * bus_rows() + row % config_.rows_per_bus();
    return placement_.residual_address[source] + slot * config_.batch * output_pixels(source);
  }

  void add_rows(const Tile& tile) {
    const auto& source = layer(tile.layer).residual;
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t filter = tile.row_begin + r;
      RowDescriptor row;
      row.bias = network_.layer(tile.layer).bias[filter];
      row.has_residual = residual_rows(description_, tile.layer, filter, 1) > 0;
      if (row.has_residual) {
        row.residual_address =
            residual_in_dram(tile.layer)
                ? narrow(r % config_.rows_per_bus() * residual_bytes_[tile.layer])
                : narrow(kept_address(*source, filter));
      }
      if (placement_.residual_kept[tile.layer] != 0)
        row.keep_address = narrow(kept_address(tile.layer, filter));
      program_.rows.push_back(row);
    }
  }

  void set_results(TileSetup& setup, const Tile& tile) {
    const bool kept = !classifies(tile.layer) && placement_.output_kept[tile.layer] != 0;
    if (kept && tile.last) {
      const auto [found, is_new] = writes_of_.try_emplace(
          {tile.layer, tile.row_begin}, program_.writes.size() / config_.columns, std::uint64_t{0});
      if (is_new) found->second.second = add_writes(tile);
      setup.write_begin = narrow(found->second.first);
      setup.write_count = narrow(found->second.second);
    }
    setup.output_row_bytes = narrow(output_bytes_[tile.layer]);
    const ByteRange output = output_of(tile);
    setup.output_offset = static_cast<std::int64_t>(output.begin) -
                          static_cast<std::int64_t>(whole_bursts(output, config_).begin);
    const std::uint64_t row_tile = tile.row_begin / config_.rows;
    setup.pooling_entry = narrow(row_tile * bus_rows());
    if (layer(tile.layer).pooling && window_row_tiles(config_, shapes_[tile.layer]) > 1)
      setup.window_entry = narrow(row_tile * bus_rows() * layer(tile.layer).pooling->out_width);
  }

  std::uint64_t add_writes(const Tile& tile) {
    const BankLayout& banks = maps_[tile.layer + 1];
    const std::uint64_t pixels = description_.is_pooled(tile.layer) ? 1 : output_pixels(tile.layer);
    const std::uint64_t plane = config_.batch * pixels;
    const std::uint64_t begin = placement_.output_address[tile.layer];
    return append_writes(program_.writes, config_.columns, banks, tile.row_begin, tile.rows,
                         [&](std::size_t channel) { return begin + banks.slots[channel] * plane; });
  }

  void set_weights(TileSetup& setup, const Tile& tile) {
    setup.weight_line_bytes = narrow(config_.weight_line_bytes(tile.groups));
    const auto [found, is_new] = weights_of_.try_emplace(
        {tile.layer, std::pair{tile.row_begin, tile.column_tile}}, program_.weights.size());
    if (is_new) {
      append_weight_image(program_.weights, network_.layer(tile.layer),
                          layouts_[tile.layer].column_tiles[tile.column_tile].groups, tile,
                          config_);
    }
    weight_image_ = found->second;
    if (program_.schedule.weights_resident) setup.weight_address = weight_image_;
  }

  void add_reads(TileSetup& setup, const Tile& tile, std::size_t index) {
    setup.read_begin = narrow(program_.transfers.size());
    if (index == 0 && program_.schedule.weights_resident && !program_.schedule.tiles.empty())
      add_weight_transfer(0, program_.schedule.initial_weight_bytes, program_.initial);
    if (!program_.schedule.weights_resident)
      add_weight_transfer(weight_image_, tile.weight_bytes, program_.transfers);
    if (setup.input == InputSource::kImage && setup.new_block) add_images();
    if (setup.input == InputSource::kBlock && setup.new_block) add_block(tile);
    if (setup.new_residual_block) add_residual_block(tile);
    setup.reads = narrow(program_.transfers.size() - setup.read_begin);
  }

  void add_weight_transfer(std::uint64_t begin, std::uint64_t bytes,
                           std::vector<Transfer>& transfers) const {
    if (bytes == 0) return;
    Transfer transfer;
    transfer.dram = program_.memory.weights + begin;
    transfer.bursts = narrow(bytes / config_.dram_burst_bytes);
    transfers.push_back(transfer);
  }

  /// One transfer for each channel that a bank holds, to all of its banks at once.
  void add_planes(const BankLayout& banks, Transfer transfer, std::uint64_t dram_plane,
                  std::uint64_t bank_plane) {
    const std::uint64_t dram = transfer.dram;
    const std::uint32_t address = transfer.address;
    for (std::size_t channel = 0; channel < banks.banks.size(); ++channel) {
      if (banks.banks[channel].empty()) continue;
      transfer.dram = dram + channel * dram_plane;
      transfer.address = narrow(address + banks.slots[channel] * bank_plane);
      transfer.bank_begin = narrow(program_.bank_numbers.size());
      transfer.banks = narrow(banks.banks[channel].size());
      for (const std::uint32_t bank : banks.banks[channel])
        program_.bank_numbers.push_back(static_cast<std::uint16_t>(bank));
      program_.transfers.push_back(transfer);
    }
  }

  void add_images() {
    const std::uint64_t plane = in_bursts(input_plane(parts_[0].front()));
    Transfer transfer;
    transfer.kind = TransferKind::kImages;
    transfer.per_batch = true;
    transfer.dram = program_.memory.batches;
    transfer.bursts = narrow(plane / config_.dram_burst_bytes);
    add_planes(layouts_[0].banks, transfer, plane, plane);
  }

  void add_block(const Tile& tile) {
    const ByteRange range = input_of(tile);
    if (range.empty()) return;
    const ByteRange bursts = whole_bursts(range, config_);
    Transfer transfer;
    transfer.kind = TransferKind::kInput;
    transfer.per_batch = tile.layer == 0;
    const LayerPart& part = part_of(tile);
    transfer.dram =
        (part.source ? program_.memory.maps[*part.source] : program_.memory.batches) + bursts.begin;
    transfer.bursts = narrow((bursts.end - bursts.begin) / config_.dram_burst_bytes);
    transfer.address = narrow(2 * program_.slots.images);
    add_planes(banks_of(tile), transfer, in_bursts(input_plane(part)),
               input_bytes_[tile.layer][tile.column_tile]);
  }

  void add_residual_block(const Tile& tile) {
    const ByteRange range = residual_range(description_, tile);
    if (range.empty()) return;
    const ByteRange bursts = whole_bursts(range, config_);
    const std::size_t source = *layer(tile.layer).residual;
    Transfer transfer;
    transfer.kind = TransferKind::kResidual;
    transfer.bursts = narrow((bursts.end - bursts.begin) / config_.dram_burst_bytes);
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t filter = tile.row_begin + r;
      if (residual_rows(description_, tile.layer, filter, 1) == 0) break;
      transfer.dram = program_.memory.maps[source] + bursts.begin +
                      filter * in_bursts(config_.batch * output_pixels(source));
      transfer.address = narrow(r % config_.rows_per_bus() * residual_bytes_[tile.layer]);
      transfer.bank_begin = narrow(r / config_.rows_per_bus());
      program_.transfers.push_back(transfer);
    }
  }

  void add_outputs(TileSetup& setup, const Tile& tile) {
    setup.output_begin = narrow(program_.transfers.size());
    if (!tile.last || !program_.layers[tile.layer].to_dram) return;
    const ByteRange range = output_of(tile);
    if (range.empty()) return;
    const ByteRange bursts = whole_bursts(range, config_);
    const std::uint64_t value_bytes = classifies(tile.layer) ? 4 : 1;
    const std::uint64_t plane = in_bursts(value_bytes * config_.batch * output_pixels(tile.layer));
    Transfer transfer;
    transfer.kind = TransferKind::kOutput;
    transfer.per_batch = classifies(tile.layer);
    transfer.bursts = narrow((bursts.end - bursts.begin) / config_.dram_burst_bytes);
    transfer.skip = narrow(range.begin - bursts.begin);
    transfer.bytes = narrow(range.end - range.begin);
    const std::uint64_t begin = classifies(tile.layer)
                                    ? program_.memory.batches + program_.memory.logits
                                    : program_.memory.maps[tile.layer];
    for (std::size_t r = 0; r < tile.rows; ++r) {
      transfer.dram = begin + (tile.row_begin + r) * plane + bursts.begin;
      transfer.address = narrow(r % config_.rows_per_bus() * output_bytes_[tile.layer]);
      transfer.bank_begin = narrow(r / config_.rows_per_bus());
      program_.transfers.push_back(transfer);
    }
    setup.outputs = narrow(program_.transfers.size() - setup.output_begin);
  }

  void set_waits() {
    const std::vector<Tile>& tiles = program_.schedule.tiles;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      const Tile& tile = tiles[t];
      const Tile& before = tiles[t == 0 ? tiles.size() - 1 : t - 1];
      TileSetup& setup = program_.tiles[t];
      const bool first_of_layer = t == 0 || before.layer != tile.layer;
      const auto q = static_cast<std::int64_t>(tile.read_clocks);
      const auto q_before = static_cast<std::int64_t>(before.read_clocks);
      const auto interval = static_cast<std::int64_t>(before.interval);
      setup.send_gap =
          narrow(static_cast<std::uint64_t>(std::max(interval + q_before - q, q_before)));
      if (!tile.first) {
        const auto words = static_cast<std::int64_t>(tile.words);
        const std::int64_t slower =
            std::max<std::int64_t>(0, interval - static_cast<std::int64_t>(tile.interval));
        const auto pass = static_cast<std::int64_t>(config_.columns + config_.word_clocks());
        const std::int64_t wait = pass + kPartialSumLead + (words - 1) * slower + q_before - q;
        setup.send_after_begin =
            narrow(static_cast<std::uint64_t>(std::max<std::int64_t>(0, wait)));
      }
      setup.send_after_load = narrow(static_cast<std::uint64_t>(send_after_load(tile, config_)));
      std::int64_t load = q_before + kReadLead - kLoadLead;
      if (!config_.double_buffering) {
        load += interval * static_cast<std::int64_t>(before.words - 1) +
                static_cast<std::int64_t>(config_.data_clocks());
      }
      setup.load_after_begin = narrow(static_cast<std::uint64_t>(load));
      setup.after_all = first_of_layer && tile.layer > 0 && !program_.schedule.overlaps(tile.layer);
      if (first_of_layer && program_.schedule.overlaps(tile.layer)) {
        const std::int64_t wait = program_.schedule.layer_waits[tile.layer] + q_before - q;
        setup.send_after_begin =
            narrow(static_cast<std::uint64_t>(std::max<std::int64_t>(0, wait)));
      }
      setup.fetch_after_all = first_of_layer && program_.schedule.waits_for_dram[tile.layer] != 0;
    }
  }

  const QuantizedNetwork& network_;
  const NetworkDescription& description_;
  const ArrayConfig& config_;
  TileProgram program_;
  std::vector<InputLayout> layouts_;
  std::vector<PackedShape> shapes_;
  std::vector<BankLayout> maps_;               // the image's, and each hidden layer's output
  std::vector<std::vector<LayerPart>> parts_;  // of each layer
  Placement placement_;
  // Per layer, bytes of one plane's place in a block of the input buffer (per column tile), of the
  // residual input buffer, and of the output buffer; words of a block.
  std::vector<std::vector<std::uint64_t>> input_bytes_;
  std::vector<std::uint64_t> residual_bytes_;
  std::vector<std::uint64_t> output_bytes_;
  std::vector<std::uint64_t> block_words_;
  // Descriptors that tiles share: where they begin, and how many there are.
  using Begin = std::pair<std::uint64_t, std::uint64_t>;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Begin> lines_of_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> rows_of_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Begin> writes_of_;
  std::map<std::pair<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>>, std::uint64_t>
      weights_of_;
  std::uint64_t weight_image_ = 0;  // of the tile at hand
};

}  // namespace

TileProgram compile(const QuantizedNetwork& network, const ArrayConfig& config) {
  COLCOMB_CHECK(!config.cross_layer, "with cross_layer every layer has an array of its own");
  return Compiler(network, config).compile();
}

}  // namespace colcomb::tiling
