#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "fuzz/mutation.hpp"

namespace colcomb::fuzzing {

enum class Outcome {
  kRefused,   // a UserError, as it should be
  kRan,       // valid, and it ran
  kTooLarge,  // valid, but not run, since its maps or products are too many
};

// Each reads `content` as a file of its kind, with an allocation limit in proportion to it, and
// uses what was accepted. Throws whatever else than UserError comes out: that is a bug.

/// Runs one image in the reference and in the inference engine, which must agree.
[[nodiscard]] Outcome try_packed_network(std::span<const std::byte> content);
/// Runs one image in floating point, quantizes the network and runs that as a packed network.
[[nodiscard]] Outcome try_checkpoint(std::span<const std::byte> content);
/// Reads and validates the program; its texts must stand in JSON.
[[nodiscard]] Outcome try_tile_program(std::span<const std::byte> content);
/// As images beside valid labels and as labels beside valid images.
[[nodiscard]] Outcome try_idx(std::span<const std::byte> content);
/// As CIFAR-10's and CIFAR-100's records, and as the file of class names.
[[nodiscard]] Outcome try_cifar(std::span<const std::byte> content);
/// As CIFAR-10's and CIFAR-100's pickled pictures, and as the pickled class names.
[[nodiscard]] Outcome try_cifar_python(std::span<const std::byte> content);
[[nodiscard]] Outcome try_npy(std::span<const std::byte> content);
/// Imports the model; one whose nodes are all supported is validated, quantized and run.
[[nodiscard]] Outcome try_onnx(std::span<const std::byte> content);
[[nodiscard]] Outcome try_array_config(std::span<const std::byte> content);
[[nodiscard]] Outcome try_layer_list(std::span<const std::byte> content);
/// Reads the technology and costs a small run with it.
[[nodiscard]] Outcome try_technology(std::span<const std::byte> content);

/// A row of targets.def.
struct Target {
  std::string name;
  Form form = Form::kBinary;
  std::vector<Bytes> (*seeds)() = nullptr;
  Outcome (*attempt)(std::span<const std::byte>) = nullptr;
};
[[nodiscard]] const std::vector<Target>& targets();

}  // namespace colcomb::fuzzing
