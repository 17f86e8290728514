#include "colcomb/simulation/exact/storage.hpp"

#include <algorithm>
#include <set>

#include "colcomb/semantics/reshape.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::simulation {
namespace {

std::size_t most_block_words(const TileProgram& program) {
  std::uint64_t most = 0;
  for (const Tile& tile : program.tiles) most = std::max(most, tile.words);
  return most;
}

std::vector<std::uint8_t> reshaped(const QuantizedNetwork& network,
                                   std::span<const std::uint8_t> images) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.size();
  std::vector<std::uint8_t> result;
  for (std::size_t begin = 0; begin < images.size(); begin += size) {
    const auto map = semantics::reshape_image(images.subspan(begin, size), input);
    result.insert(result.end(), map.values.begin(), map.values.end());
  }
  return result;
}

}  // namespace

Storage::Storage(const QuantizedNetwork& network, const ArrayConfig& config,
                 const TileProgram& program, std::span<const std::uint8_t> images)
    : network_(network),
      config_(config),
      program_(program),
      images_(reshaped(network, images)),
      partial_sums_("partial sums", config.rows * most_block_words(program)) {
  for (const char* name : {"images of even batches", "images of odd batches"})
    image_buffers_.emplace_back(name, config.batch * layer(0).input_size());
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const std::string& name = layer(i).name;
    maps_.emplace_back(name, config.batch * layer(i).output_size());
    dram_.emplace_back(name + " in DRAM", config.batch * layer(i).output_size());
    const std::size_t staged = input_in_dram(i) ? config.batch * layer(i).input_size() : 0;
    stages_.emplace_back("inputs of " + name + ", even", staged);
    stages_.emplace_back("inputs of " + name + ", odd", staged);
    residual_stages_.emplace_back("residual of " + name, config.batch * layer(i).output_size());
  }
  pooled_.emplace_back("pooled", config.batch * network.description.classifier.in_channels);
}

bool Storage::input_in_dram(std::size_t index) const {
  if (index == 0) return program_.images_in_dram;
  return !network_.is_classifier(index) && program_.output_in_dram[index - 1] != 0;
}

std::size_t Storage::input_address(std::size_t index, std::size_t image, std::size_t channel,
                                   std::size_t pixel) const {
  return (image * layer(index).in_channels + channel) * layer(index).in_height *
             layer(index).in_width +
         pixel;
}

std::size_t Storage::output_address(std::size_t index, std::size_t image, std::size_t channel,
                                    std::size_t pixel) const {
  return (image * layer(index).out_channels + channel) * layer(index).out_height() *
             layer(index).out_width() +
         pixel;
}

std::size_t Storage::residual_address(std::size_t index, std::size_t image, std::size_t channel,
                                      const WordPlace& place) const {
  const std::size_t source = *layer(index).residual;
  const std::size_t pixel = residual_pixel(network_.description, index, place);
  return output_address(source, image, channel, pixel);
}

std::uint8_t Storage::input(const TileRecord& tile, const Column& column,
                            const WordPlace& place) const {
  const std::size_t index = tile.tile->layer;
  const auto channel = static_cast<std::size_t>(column.channel);
  const auto pixel = input_pixel(layer(index), column, place);
  if (!pixel) return network_.layer(index).padding[channel];
  const std::size_t address = input_address(index, place.image, channel, *pixel);
  if (network_.is_classifier(index)) return pooled_[0].read(address, tile.batch + 1);
  if (input_in_dram(index)) return stages_[2 * index + tile.stage % 2].read(address, tile.stage);
  if (index == 0) return image_buffers_[tile.batch % 2].read(address, tile.batch + 1);
  return maps_[index - 1].read(address, tile.batch + 1);
}

std::optional<std::uint8_t> Storage::residual(const TileRecord& tile, std::size_t filter,
                                              const WordPlace& place) const {
  const std::size_t index = tile.tile->layer;
  if (tiling::residual_rows(network_.description, index, filter, 1) == 0) return std::nullopt;
  const std::size_t source = *layer(index).residual;
  if (program_.output_in_dram[source] != 0) {
    return residual_stages_[index].read(output_address(index, place.image, filter, place.pixel),
                                        tile.index + 1);
  }
  return maps_[source].read(residual_address(index, place.image, filter, place), tile.batch + 1);
}

std::uint32_t Storage::partial_sum(const TileRecord& tile, std::size_t row,
                                   std::uint64_t word) const {
  return partial_sums_.read(word * config_.rows + row, tile.index);  // the tile before wrote it
}

void Storage::write_partial_sum(const TileRecord& tile, std::size_t row, std::uint64_t word,
                                std::uint32_t value) {
  partial_sums_.write(word * config_.rows + row, value, tile.index + 1);
}

void Storage::write_output(const TileRecord& tile, std::size_t filter, const WordPlace& place,
                           std::uint8_t value) {
  const std::size_t index = tile.tile->layer;
  if (network_.description.is_pooled(index)) return;
  maps_[index].write(output_address(index, place.image, filter, place.pixel), value,
                     tile.batch + 1);
}

void Storage::write_pooled(std::uint64_t batch, std::size_t image, std::size_t filter,
                           std::uint8_t value) {
  const std::size_t channels = network_.description.classifier.in_channels;
  pooled_[0].write(image * channels + filter, value, batch + 1);
}

std::uint64_t Storage::fetch_inputs(const TileRecord& tile) {
  std::uint64_t bytes = 0;
  if (tile.position == 0 && !program_.images_in_dram) bytes += fetch_images(tile);
  if (input_in_dram(tile.tile->layer)) bytes += fetch_window(tile);
  const std::optional<std::size_t> source = layer(tile.tile->layer).residual;
  if (tile.tile->first && source && program_.output_in_dram[*source] != 0)
    bytes += fetch_residual(tile);
  return bytes;
}

std::uint64_t Storage::fetch_images(const TileRecord& tile) {
  const std::size_t size = config_.batch * layer(0).input_size();
  // Batches after the last one, run to find the interval, repeat it.
  const std::uint64_t batch = std::min(tile.batch, images_.size() / size - 1);
  for (std::size_t i = 0; i < size; ++i)
    image_buffers_[tile.batch % 2].write(i, images_[batch * size + i], tile.batch + 1);
  return size;
}

std::uint8_t Storage::input_from_dram(const TileRecord& tile, std::size_t address) const {
  const std::size_t index = tile.tile->layer;
  if (index > 0) return dram_[index - 1].read(address, tile.batch + 1);
  const std::size_t size = config_.batch * layer(0).input_size();
  const std::uint64_t batch = std::min(tile.batch, images_.size() / size - 1);
  return images_[batch * size + address];
}

/// Whole input rows of all channels that the columns read, between the first and the last row that
/// any of the words reads; output-major, of all columns, once for the block's tiles.
std::uint64_t Storage::fetch_window(const TileRecord& record) {
  const Tile& tile = *record.tile;
  const bool shared = config_.order == TileOrder::kOutputMajor;
  if (shared && (tile.row_begin != 0 || tile.group_begin != 0)) return 0;
  const LayerDescription& description = layer(tile.layer);
  const auto& groups = network_.layer(tile.layer).weights.groups.groups;
  const std::size_t begin = shared ? 0 : tile.group_begin;
  const std::size_t end = shared ? groups.size() : begin + tile.groups;
  std::set<std::size_t> channels;
  std::set<std::ptrdiff_t> offsets;
  for (std::size_t g = begin; g < end; ++g) {
    for (const std::uint32_t m : groups[g]) {
      channels.insert(static_cast<std::size_t>(description.columns[m].channel));
      offsets.insert(description.columns[m].dy);
    }
  }
  if (channels.empty()) return 0;
  const auto height = static_cast<std::ptrdiff_t>(description.in_height);
  std::uint64_t bytes = 0;
  std::uint64_t word = tile.word_begin;
  while (word < tile.word_begin + tile.words) {
    const WordPlace first = place_of(description, word);
    const std::uint64_t pixels = description.out_height() * description.out_width();
    const std::uint64_t next = std::min(tile.word_begin + tile.words, (first.image + 1) * pixels);
    const WordPlace last = place_of(description, next - 1);
    const auto low = std::max<std::ptrdiff_t>(
        0, static_cast<std::ptrdiff_t>(first.y * description.stride) + *offsets.begin());
    const auto high = std::min(
        height - 1, static_cast<std::ptrdiff_t>(last.y * description.stride) + *offsets.rbegin());
    for (std::ptrdiff_t y = low; y <= high; ++y) {
      for (std::size_t x = 0; x < description.in_width; ++x) {
        for (const std::size_t channel : channels) {
          const std::size_t pixel = static_cast<std::size_t>(y) * description.in_width + x;
          const std::size_t address = input_address(tile.layer, first.image, channel, pixel);
          stages_[2 * tile.layer + record.stage % 2].write(
              address, input_from_dram(record, address), record.stage);
          ++bytes;
        }
      }
    }
    word = next;
  }
  return bytes;
}

std::uint64_t Storage::fetch_residual(const TileRecord& record) {
  const Tile& tile = *record.tile;
  std::uint64_t bytes = 0;
  for (std::uint64_t word = tile.word_begin; word < tile.word_begin + tile.words; ++word) {
    const WordPlace place = place_of(layer(tile.layer), word);
    for (std::size_t filter = tile.row_begin; filter < tile.row_begin + tile.rows; ++filter) {
      if (tiling::residual_rows(network_.description, tile.layer, filter, 1) == 0) continue;
      const std::size_t from = residual_address(tile.layer, place.image, filter, place);
      residual_stages_[tile.layer].write(
          output_address(tile.layer, place.image, filter, place.pixel),
          dram_[*layer(tile.layer).residual].read(from, record.batch + 1), record.index + 1);
      ++bytes;
    }
  }
  return bytes;
}

std::uint64_t Storage::write_back(const TileRecord& record) {
  const Tile& tile = *record.tile;
  if (!tile.last) return 0;
  if (network_.is_classifier(tile.layer)) return 4 * tile.rows * tile.words;
  if (network_.description.is_pooled(tile.layer) || program_.output_in_dram[tile.layer] == 0)
    return 0;
  for (std::uint64_t word = tile.word_begin; word < tile.word_begin + tile.words; ++word) {
    const WordPlace place = place_of(layer(tile.layer), word);
    for (std::size_t filter = tile.row_begin; filter < tile.row_begin + tile.rows; ++filter) {
      const std::size_t address = output_address(tile.layer, place.image, filter, place.pixel);
      dram_[tile.layer].write(address, maps_[tile.layer].read(address, record.batch + 1),
                              record.batch + 1);
    }
  }
  return tile.rows * tile.words;
}

void Storage::commit_dram() {
  for (Bytes& store : dram_) store.commit();
}

void Storage::commit() {
  for (auto* stores : {&image_buffers_, &maps_, &dram_, &stages_, &residual_stages_, &pooled_}) {
    for (Bytes& store : *stores) store.commit();
  }
  partial_sums_.commit();
}

void Storage::observe(AccessProbe* probe) {
  for (auto* stores : {&image_buffers_, &maps_, &dram_, &stages_, &residual_stages_, &pooled_}) {
    for (Bytes& store : *stores) store.observe(probe);
  }
  partial_sums_.observe(probe);
}

}  // namespace colcomb::simulation
