#include "colcomb/models/block_network.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/models/chain.hpp"

namespace colcomb::models {
namespace {

constexpr std::uint64_t kShiftPurpose = 0x5348494654;  // "SHIFT"

std::span<const double> shift_distribution(std::size_t kernel) {
  static constexpr double k3[] = {.3, .4, .3};
  static constexpr double k5[] = {.1, .25, .3, .25, .1};
  static constexpr double k7[] = {.075, .1, .175, .3, .175, .1, .075};
  static constexpr double k9[] = {.05, .075, .1, .175, .2, .175, .1, .075, .05};
  switch (kernel) {
    case 3:
      return k3;
    case 5:
      return k5;
    case 7:
      return k7;
    case 9:
      return k9;
    default:
      throw option_error("network.shift_kernel", fmt::to_string(kernel), "must be 3, 5, 7 or 9");
  }
}

void require_per_block(const std::vector<std::size_t>& values, const char* field,
                       std::size_t blocks, std::size_t least, std::size_t most) {
  const std::string text = fmt::format("{}", fmt::join(values, " "));
  if (values.size() != blocks) {
    throw option_error(
        field, text,
        fmt::format("must have one value per block of `network.filters` ({})", blocks));
  }
  for (const std::size_t value : values) {
    if (value < least || value > most) {
      throw option_error(field, text, fmt::format("each value must be {} to {}", least, most));
    }
  }
}

void check(const BlockNetworkOptions& options) {
  const std::size_t blocks = options.filters.size();
  if (blocks == 0) throw option_error("network.filters", "", "needs at least one block");
  require_per_block(options.filters, "network.filters", blocks, 1, 65536);
  require_per_block(options.layers, "network.layers", blocks, 1, 1000);
  require_per_block(options.strides, "network.strides", blocks, 1, 64);
  require_per_block(options.groups, "network.groups", blocks, 1, kMaxAlpha);
}

}  // namespace

std::vector<Column> draw_shifts(std::size_t channels, std::size_t kernel, std::uint64_t seed,
                                std::uint64_t layer) {
  const auto weights = shift_distribution(kernel);
  const int reach = static_cast<int>(kernel / 2);
  Random random = Random::stream(seed, kShiftPurpose, layer);
  const auto draw = [&] {
    return static_cast<std::int16_t>(static_cast<int>(random.categorical(weights)) - reach);
  };
  std::vector<Column> columns(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    columns[c].channel = static_cast<std::int32_t>(c);
    columns[c].dy = draw();
    columns[c].dx = draw();
  }
  return columns;
}

NetworkDescription describe(const BlockNetworkOptions& options) {
  check(options);
  const bool shift = options.layer_type == BlockLayerType::kShift;
  const LayerKind kind = shift ? LayerKind::kShift : LayerKind::kConvolution;
  const std::size_t kernel = shift ? options.shift_kernel : 3;

  Chain chain(options.input, options.seed);
  chain.add("conv0", LayerKind::kConvolution, shift ? 1 : 3, options.filters[0], 1, 1);
  std::size_t alpha_before = 1;
  for (std::size_t b = 0; b < options.filters.size(); ++b) {
    for (std::size_t l = 0; l < options.layers[b]; ++l) {
      chain.add(fmt::format("block{}.layer{}", b + 1, l + 1), kind, kernel, options.filters[b],
                l == 0 ? options.strides[b] : 1, l == 0 ? alpha_before : options.groups[b]);
    }
    alpha_before = options.groups[b];
  }
  return chain.finish(options.classes, options.dropout);
}

}  // namespace colcomb::models
