#include "colcomb/tiling/descriptors.hpp"

#include <algorithm>

namespace colcomb::tiling {

LayerSetup layer_setup(const QuantizedNetwork& network, std::size_t index) {
  const LayerDescription& layer = network.description.layer(index);
  LayerSetup setup;
  setup.name = layer.name;
  if (network.is_classifier(index)) {
    setup.role = LayerRole::kClassifier;
  } else if (network.description.is_pooled(index)) {
    setup.role = LayerRole::kPooled;
  }
  setup.filters = narrow(layer.out_channels);
  setup.in_height = narrow(layer.in_height);
  setup.in_width = narrow(layer.in_width);
  setup.stride = narrow(layer.stride);
  if (layer.source) setup.source = narrow(*layer.source);
  for (const InputPart& input : layer.more_inputs) {
    setup.more_inputs.push_back(
        {narrow(input.source), narrow(input.height), narrow(input.width), narrow(input.stride), 0});
  }
  setup.sum_height = narrow(layer.sum_height());
  setup.sum_width = narrow(layer.sum_width());
  setup.pooling = layer.pooling;
  setup.fraction_bits = network.layer(index).fraction_bits;
  setup.row_exponents = network.layer(index).row_exponents;
  if (layer.activation) setup.table = all_bytes_of(*layer.activation);
  if (layer.residual) {
    const LayerDescription& source = network.description.layer(*layer.residual);
    setup.residual_width = narrow(source.out_width());
    setup.residual_height = narrow(source.out_height());
    setup.residual_stride = narrow(residual_stride(network.description, index));
  }
  setup.pooling_fraction_bits = network.pooling.fraction_bits;
  return setup;
}

std::uint64_t append_lines(std::vector<LineDescriptor>& lines, std::size_t columns,
                           const ColumnTileLayout& tile, const QuantizedLayer& layer,
                           const LayerDescription& description, const PlaneAddress& address) {
  const auto& groups = layer.weights.groups.groups;
  std::uint64_t count = 0;
  for (const std::uint32_t group : tile.groups)
    count = std::max<std::uint64_t>(count, groups[group].size());
  const std::size_t first = lines.size();
  lines.resize(first + count * columns);
  for (std::size_t c = 0; c < tile.groups.size(); ++c) {
    const auto& members = groups[tile.groups[c]];
    for (std::size_t l = 0; l < members.size(); ++l) {
      const Column& column = description.columns[members[l]];
      const auto channel = static_cast<std::size_t>(column.channel);
      lines[first + l * columns + c] = {.address = narrow(address(channel)),
                                        .dy = column.dy,
                                        .dx = column.dx,
                                        .padding = layer.padding[channel],
                                        .used = true};
    }
  }
  return count;
}

std::uint64_t append_writes(std::vector<WriteDescriptor>& writes, std::size_t banks,
                            const BankLayout& layout, std::size_t begin, std::size_t rows,
                            const PlaneAddress& address) {
  std::vector<std::uint32_t> load(banks);
  for (std::size_t channel = begin; channel < begin + rows; ++channel) {
    for (const std::uint32_t bank : layout.banks[channel]) ++load[bank];
  }
  const std::uint64_t count = std::ranges::max(load);
  const std::size_t first = writes.size();
  writes.resize(first + count * banks);
  std::ranges::fill(load, 0);
  for (std::size_t channel = begin; channel < begin + rows; ++channel) {
    for (const std::uint32_t bank : layout.banks[channel]) {
      writes[first + load[bank]++ * banks + bank] = {
          .address = narrow(address(channel)),
          .row = static_cast<std::uint16_t>(channel - begin),
          .used = true};
    }
  }
  return count;
}

}  // namespace colcomb::tiling
