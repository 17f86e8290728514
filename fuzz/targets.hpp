#pragma once

#include <cstddef>
#include <span>

namespace colcomb::fuzzing {

enum class Outcome {
  kRefused,   // a UserError, as it should be
  kRan,       // valid, and it ran
  kTooLarge,  // valid, but not run, since its maps or products are too many
};

/// Reads `content` as a packed network, with an allocation limit in proportion to it, and runs what
/// was accepted on one image, in the reference and in the inference engine, which must agree.
/// Throws whatever else than UserError comes out: that is a bug.
[[nodiscard]] Outcome try_packed_network(std::span<const std::byte> content);

/// The same for a checkpoint, which is quantized and run, and run in floating point.
[[nodiscard]] Outcome try_checkpoint(std::span<const std::byte> content);

}  // namespace colcomb::fuzzing
