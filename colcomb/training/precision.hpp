#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace colcomb::training {

/// What the passes of training compute in.
enum class Precision : std::uint8_t {
  kFloat,  // as LibTorch does by itself: cuDNN's convolutions may take TF32
  kBf16,   // products in bfloat16 (autocast); parameters, their steps and batch norm stay float
};
[[nodiscard]] std::vector<std::string> precision_names();
/// Errors: UserError naming the field for an unknown name.
[[nodiscard]] Precision parse_precision(const std::string& name);

/// For its life, LibTorch's operators on this device take this precision.
class ComputeIn {
 public:
  ComputeIn(Precision precision, torch::Device device);
  ComputeIn(const ComputeIn&) = delete;
  ComputeIn& operator=(const ComputeIn&) = delete;
  ~ComputeIn();

 private:
  bool casts_;
  torch::Device device_;
};

}  // namespace colcomb::training
