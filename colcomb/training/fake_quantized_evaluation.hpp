#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/dataset/batch_loader.hpp"

namespace colcomb::training {

/// Logits of the trained network with weights and activations rounded in floating point (LibTorch's
/// convolutions on the unpacked matrices), with the packed network's pooling fraction bits and
/// weight code: images x classes, in units of the packed network's classifier. They are integers
/// and must equal those of the packed network, which shares with this nothing but the choice of
/// scales. Requires: `loader` gives the images to run, all of them. Errors: UserError if the packed
/// network has another number of layers, or layers of different weight codes, so that it was not
/// quantized from this network.
[[nodiscard]] Matrix<std::int32_t> fake_quantized_logits(const FloatNetwork& network,
                                                         const QuantizedNetwork& packed,
                                                         dataset::BatchLoader& loader);

}  // namespace colcomb::training
