#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace colcomb::training {

/// One number under a name, as TensorBoard draws it.
struct Scalar {
  std::string_view tag;
  double value;  // stored as a 32-bit float
};

/// The numbers of one step, an epoch here.
struct ScalarEvent {
  double wall_time;  // seconds
  std::int64_t step;
  std::vector<Scalar> scalars;
};

/// Content of a TensorBoard event file: TFRecords (length, its checksum, payload, its checksum;
/// masked CRC-32C) of tensorflow.Event protocol buffers, the first of which names the version. The
/// file of some events begins with the file of the first of them.
[[nodiscard]] std::string event_file(std::span<const ScalarEvent> events);

}  // namespace colcomb::training
