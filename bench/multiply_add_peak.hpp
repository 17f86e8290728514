#pragma once

#include <string>

namespace colcomb {

/// What the processor's multiply-add instruction does at most.
struct MultiplyAddPeak {
  std::string instruction;
  double per_second = 0;  // 8-bit multiply-accumulates on one core
};

/// Measured with operands in registers: of vpdpbusd for the kernel "avx512", of vpmaddwd for the
/// others.
[[nodiscard]] MultiplyAddPeak multiply_add_peak(const std::string& kernel);

}  // namespace colcomb
