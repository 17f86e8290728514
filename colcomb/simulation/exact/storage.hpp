#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/geometry.hpp"
#include "colcomb/simulation/exact/stamped_store.hpp"
#include "colcomb/simulation/exact/tile_record.hpp"

namespace colcomb::simulation {

/// Data buffer, partial-sum buffer and the maps in DRAM, with everything that says which place a
/// value has. Maps are stamped with their batch, what is read from DRAM for a tile with its
/// stage, partial sums with their tile; each counted from 1.
class Storage {
 public:
  /// The arguments must outlive the object. `images`: raw, one after the other.
  Storage(const QuantizedNetwork& network, const ArrayConfig& config, const TileProgram& program,
          std::span<const std::uint8_t> images);

  // In the array's clocks.
  /// What a column delivers for a word of the tile; its channel's padding value outside the map.
  [[nodiscard]] std::uint8_t input(const TileRecord& tile, const Column& column,
                                   const WordPlace& place) const;
  /// The residual source's value for a filter; nothing where the layer has no source.
  [[nodiscard]] std::optional<std::uint8_t> residual(const TileRecord& tile, std::size_t filter,
                                                     const WordPlace& place) const;
  [[nodiscard]] std::uint32_t partial_sum(const TileRecord& tile, std::size_t row,
                                          std::uint64_t word) const;
  void write_partial_sum(const TileRecord& tile, std::size_t row, std::uint64_t word,
                         std::uint32_t value);
  /// A hidden layer's byte. The last hidden layer's goes to the pooling block alone.
  void write_output(const TileRecord& tile, std::size_t filter, const WordPlace& place,
                    std::uint8_t value);
  void write_pooled(std::uint64_t batch, std::size_t image, std::size_t filter, std::uint8_t value);

  // At the end of a transfer; each gives the bytes moved.
  std::uint64_t fetch_inputs(const TileRecord& tile);
  std::uint64_t write_back(const TileRecord& tile);

  void commit_dram();
  void commit();
  void observe(AccessProbe* probe);

 private:
  using Bytes = StampedStore<std::uint8_t>;

  [[nodiscard]] const LayerDescription& layer(std::size_t index) const {
    return network_.description.layer(index);
  }
  [[nodiscard]] std::size_t input_address(std::size_t layer, std::size_t image, std::size_t channel,
                                          std::size_t pixel) const;
  [[nodiscard]] std::size_t output_address(std::size_t layer, std::size_t image,
                                           std::size_t channel, std::size_t pixel) const;
  [[nodiscard]] std::size_t residual_address(std::size_t layer, std::size_t image,
                                             std::size_t channel, const WordPlace& place) const;
  [[nodiscard]] bool input_in_dram(std::size_t layer) const;
  [[nodiscard]] std::uint8_t input_from_dram(const TileRecord& tile, std::size_t address) const;
  std::uint64_t fetch_images(const TileRecord& tile);
  std::uint64_t fetch_window(const TileRecord& tile);
  std::uint64_t fetch_residual(const TileRecord& tile);

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  const TileProgram& program_;
  std::vector<std::uint8_t> images_;    // all, reshaped, channels x pixels each
  std::vector<Bytes> image_buffers_;    // two batches' turns
  std::vector<Bytes> maps_;             // hidden layers' outputs in the data buffer
  std::vector<Bytes> dram_;             // and in DRAM
  std::vector<Bytes> stages_;           // 2 per layer: inputs from DRAM, in turns
  std::vector<Bytes> residual_stages_;  // per layer
  std::vector<Bytes> pooled_;           // one
  StampedStore<std::uint32_t> partial_sums_;
};

}  // namespace colcomb::simulation
