#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/artifacts/weight_code.hpp"

namespace colcomb {

/// Largest f. With it a residual addition, 255 << f, still leaves the sign bit of the accumulator
/// alone.
inline constexpr std::uint32_t kMaxFractionBits = 22;

/// Largest exponent of a row's scale.
inline constexpr std::uint32_t kMaxRowExponent = 7;

/// Largest number of fraction bits of the pooled means.
inline constexpr std::uint32_t kMaxPoolingFractionBits = 8;

/// Largest number of sample images in a packed network.
inline constexpr std::size_t kMaxSamples = 64;

/// One layer in integers. With q the unsigned 8-bit inputs and w the signed 8-bit weights, row n's
/// accumulation at an output pixel is, modulo 2^32,
///   acc = bias[n] + sum over groups g of w(n, g) * q(column select(n, g) of g)
///       + (r << f)
/// with f = row_fraction_bits(n) and r the residual source's value for row n at this place (see
/// LayerDescription::residual), if there is one. Hidden layers turn it into the byte clamp(acc >>
/// f, 0, 255) (arithmetic shift; their bias already holds the rounding constant 2^(f - 1)), look
/// that up in their activation table if they have one, and give these bytes, or of each window of
/// their pooling the largest, or the mean floor(sum / divisor + 1/2); the classifier gives acc
/// itself, the logits.
struct QuantizedLayer {
  PackedMatrix<std::int8_t> weights;  // N x G
  std::vector<std::int32_t> bias;     // N, at the accumulator's scale
  std::uint32_t fraction_bits = 0;    // f of rows without exponents: the scale 2^-f; 0 to 22
  std::vector<std::uint8_t> padding;  // C: value of pixels outside the input map, per channel
  WeightCode weight_code = WeightCode::kInt8;  // what the weights may be
  /// Of a hidden layer with scales of its own for its rows (docs/developer/channel-scales.md): N
  /// exponents, 0 to 7, not all 0. Row n's weights and accumulations have fraction_bits +
  /// row_exponents[n] fraction bits, 22 at most. Else empty.
  std::vector<std::uint8_t> row_exponents = {};

  /// f of row n.
  [[nodiscard]] std::uint32_t row_fraction_bits(std::size_t n) const {
    return fraction_bits + (row_exponents.empty() ? 0 : row_exponents[n]);
  }
  bool operator==(const QuantizedLayer&) const = default;
};

/// Global average pooling of the last hidden layer's output: one unsigned byte per channel,
/// clamp(floor(sum * 2^fraction_bits / pixels + 1/2), 0, 255).
struct Pooling {
  std::uint32_t fraction_bits = 0;  // 0 to 8; 0 without global pooling

  bool operator==(const Pooling&) const = default;
};

/// A few input images with their labels, to try a network without its data set.
struct Samples {
  std::vector<std::uint8_t> pixels;  // count x C x H x W, raw
  std::vector<std::int32_t> labels;  // count, each a class; 0 to 64 of them

  /// Number of sample images.
  [[nodiscard]] std::size_t count() const { return labels.size(); }
  bool operator==(const Samples&) const = default;
};

/// Integers only: what everything after quantization reads. The input is the raw unsigned 8-bit
/// image (after the checkerboard reshape); its normalization is folded into hidden layer 0.
struct QuantizedNetwork : LayerStack<QuantizedLayer> {
  NetworkDescription description;  // layers, input, data
  Pooling pooling;                 // of the last map, in front of the classifier
  std::string origin;  // how the file was made, one line of printable UTF-8; may be empty
  Samples samples;     // images to try it with; may be empty

  bool operator==(const QuantizedNetwork&) const = default;
};

/// Whether a layer has row exponents.
[[nodiscard]] bool has_row_exponents(const QuantizedNetwork& network);

/// A logit's value per unit of the classifier's accumulation.
[[nodiscard]] double logit_scale(const QuantizedNetwork& network);

/// Errors: UserError (file `where`) naming the first layer and field that breaks a rule.
void validate(const QuantizedNetwork& network, const std::string& where);

/// The packed network file. Errors as for checkpoints.
void save_packed_network(const QuantizedNetwork& network, const std::filesystem::path& path);
[[nodiscard]] QuantizedNetwork load_packed_network(const std::filesystem::path& path);
/// The same from the file's bytes; errors name `name`. Requires: content aligned to 8 bytes.
[[nodiscard]] QuantizedNetwork read_packed_network(std::span<const std::byte> content,
                                                   const std::string& name);

}  // namespace colcomb
