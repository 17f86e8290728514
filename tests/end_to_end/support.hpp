#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "tests/support/command.hpp"
#include "tests/support/tiny_cifar.hpp"

namespace colcomb::tests {

/// Runs `colcomb` with these arguments.
inline CommandResult colcomb(const std::string& arguments) {
  return run_command(std::string("'") + COLCOMB_COMMAND + "' " + arguments);
}

/// Arguments of a training run of some seconds on that data set.
inline std::string tiny_training(const std::filesystem::path& data,
                                 const std::filesystem::path& save_path) {
  return fmt::format(
      "train --dataset cifar10 --dataset-root '{}' --input-size 32 --n-class 10 --aug + --filters "
      "8 16 "
      "--layers 1 2 --strides 2 2 --groups 2 8 --reshape-stride 2 --batch-size 20 --epochs 4 --lr "
      "0.05 --l1-penalty 1e-6 --gamma 1.75 --dropout --threads 1 --save-path '{}'",
      data.string(), save_path.string());
}

}  // namespace colcomb::tests
