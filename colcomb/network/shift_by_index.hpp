#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/filter_matrix.hpp"

namespace colcomb::network {

/// The shift of one layer by tensor operations alone, for devices without a kernel of our own. A
/// channels-last image is a row of numbers, of which each output number is one: the forward pass
/// selects them by an index made once, and so does the backward pass, since each input number goes
/// to at most one output.
class ShiftByIndex {
 public:
  /// For inputs of this one's height, width and device. Requires: columns[c].channel == c for each
  /// of its channels.
  ShiftByIndex(const std::vector<Column>& columns, std::size_t stride, const torch::Tensor& input);

  [[nodiscard]] bool fits(const torch::Tensor& input) const;
  /// As shift(): B x C x H x W to B x C x ceil(H / stride) x ceil(W / stride), channels-last,
  /// differentiable once. Requires: fits(input).
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& input) const;

  /// Selects numbers of each image: result (p) is number index[p] of it, 0 at `outside`.
  struct Selection {
    torch::Tensor index;                 // int32, as many as the result has numbers
    torch::Tensor outside;               // int64 places of the result
    std::int64_t height = 0, width = 0;  // of the result
  };

 private:
  Selection forward_, backward_;
};

}  // namespace colcomb::network
