#pragma once

#include <cstddef>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// Most bytes that the matrices of a page take once deflated, before base64.
inline constexpr std::size_t kMatrixBytes = 1'000'000;

/// The packed filter matrices of all layers. The smallest are shown whole as long as together they
/// keep within `most_bytes` once deflated; of the others only how full their blocks are.
void add_matrices(const QuantizedNetwork& network, std::size_t most_bytes, Document& document);

}  // namespace colcomb::page
