#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb {

/// Most maps that one layer reads.
inline constexpr std::size_t kMaxInputParts = 64;

/// Those columns of a layer that read one map. Column m of `reader` is column column_begin + m of
/// the layer, and its channel c the layer's channel channel_begin + c.
struct LayerPart {
  /// Hidden layer whose output the columns read; nothing: the image. Of the classifier the last
  /// hidden layer, whose output it reads behind global average pooling if the network has that.
  std::optional<std::size_t> source;
  std::size_t channel_begin = 0;  // first channel of the part
  std::size_t column_begin = 0;   // first column of the part
  /// The layer as if it had these columns alone: a layer of one part, whose columns count channels
  /// and read pixels of this map, and whose sums have the size of the layer's.
  LayerDescription reader;

  /// Behind the part's last column.
  [[nodiscard]] std::size_t column_end() const { return column_begin + reader.columns.size(); }
};

/// Maps that the layer reads: at least 1.
[[nodiscard]] inline std::size_t part_count(const LayerDescription& layer) {
  return 1 + layer.more_inputs.size();
}

/// The parts of a layer in the order of its columns.
/// Requires: validate(network) passes.
[[nodiscard]] std::vector<LayerPart> parts_of(const NetworkDescription& network, std::size_t layer);

/// The reader of a layer's part, without its columns.
[[nodiscard]] LayerDescription part_geometry(const LayerDescription& layer, std::size_t part);

/// The part of the layer's column `column`.
[[nodiscard]] std::size_t part_of_column(const std::vector<LayerPart>& parts, std::size_t column);

/// The part of the layer whose map has the layer's channel `channel`.
[[nodiscard]] std::size_t part_of_channel(const LayerDescription& layer, std::size_t channel);

/// Columns of each part, without the columns themselves.
[[nodiscard]] std::vector<std::size_t> columns_of_parts(const LayerDescription& layer);

/// `groups` groups, shared out over parts of so many columns each, so that their groups hold about
/// equally many columns: every part with columns gets as many as alpha demands, none more than its
/// columns. No group has columns of two parts.
/// Errors: UserError if alpha demands more in all.
[[nodiscard]] std::vector<std::size_t> share_groups(const std::vector<std::size_t>& columns,
                                                    std::size_t groups, std::size_t alpha);

/// The groups that the layer's parts have of `groups`, with the layer's alpha or, where that asks
/// for more groups, the least one that does not.
[[nodiscard]] std::vector<std::size_t> groups_of_parts(const LayerDescription& layer,
                                                       std::size_t groups);

/// A packed layer as if it had the columns of `part` alone; its biases are 0.
/// Requires: no group has columns of two parts.
[[nodiscard]] QuantizedLayer layer_of_part(const QuantizedLayer& layer, const LayerPart& part);

/// Errors: UserError (file `where`) if a group of the layer's columns has columns of two parts: no
/// column tile of an array reads two maps. Requires: the groups are valid.
void require_groups_within_parts(const NetworkDescription& network, std::size_t layer,
                                 const ColumnGroups& groups, const std::string& where);

/// Whether every layer reads the one before it and nothing else.
[[nodiscard]] bool is_chain(const NetworkDescription& network);

/// Errors: UserError naming the first layer that reads another map than that of the layer before,
/// unless there is none; `what` needs the others, e.g. "permuting rows".
void require_chain(const NetworkDescription& network, const std::string& what);

/// What lies around each map that the layer reads: the zero of the hidden layer that gives it, of
/// the image 0 (folding knows better, quantization/folding.hpp).
[[nodiscard]] std::vector<std::uint8_t> input_zeros(const NetworkDescription& network,
                                                    std::size_t layer);

/// Whether a layer has an activation table, or a zero other than 0.
[[nodiscard]] bool has_tables(const NetworkDescription& network);

/// Whether a layer has an activation table for each row.
[[nodiscard]] bool has_row_tables(const NetworkDescription& network);

/// Errors: UserError naming the first layer with an activation table or a zero other than 0, unless
/// there is none; `what` knows ReLU6 alone, e.g. "the native backend".
void require_no_tables(const NetworkDescription& network, const std::string& what);

/// "conv1 + conv0": names of the layers, or "image", that the layer reads.
[[nodiscard]] std::string describe_inputs(const NetworkDescription& network, std::size_t layer);

}  // namespace colcomb
