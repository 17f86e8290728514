#include "colcomb/artifacts/tile_footprint.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"

namespace colcomb {
namespace {

/// Positions [begin, end) of the words along one side that read a pixel of the map.
struct Interval {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

Interval inside(std::int64_t offset, std::int64_t stride, std::uint64_t in, std::uint64_t out) {
  const auto size = static_cast<std::int64_t>(in);
  Interval result;
  result.begin = offset >= 0 ? 0 : ceil_divide(-offset, stride);
  result.end = offset >= size ? 0 : ceil_divide(size - offset, stride);
  result.end = std::min(result.end, static_cast<std::int64_t>(out));
  return result;
}

/// A word as its image, row and column.
struct Position {
  std::int64_t image = 0;
  std::int64_t y = 0;
  std::int64_t x = 0;
};

class Words {
 public:
  explicit Words(const PlaneReader& reader)
      : reader_(reader),
        stride_(static_cast<std::int64_t>(reader.stride)),
        width_(static_cast<std::int64_t>(reader.out_width)),
        pixels_(static_cast<std::int64_t>(reader.out_height) * width_),
        ys_(inside(reader.dy, stride_, reader.in_height, reader.out_height)),
        xs_(inside(reader.dx, stride_, reader.in_width, reader.out_width)) {}

  [[nodiscard]] bool none() const { return ys_.begin >= ys_.end || xs_.begin >= xs_.end; }

  /// The first word from `word` on that reads. Requires: !none().
  [[nodiscard]] std::int64_t next(std::int64_t word) const {
    Position at = position(word);
    if (at.y < ys_.begin) {
      at.y = ys_.begin;
      at.x = xs_.begin;
    } else if (at.x < xs_.begin) {
      at.x = xs_.begin;
    } else if (at.x >= xs_.end) {
      ++at.y;
      at.x = xs_.begin;
    }
    if (at.y >= ys_.end) at = {at.image + 1, ys_.begin, xs_.begin};
    return index(at);
  }

  /// The last word up to `word` that reads; negative: there is none. Requires: !none().
  [[nodiscard]] std::int64_t previous(std::int64_t word) const {
    Position at = position(word);
    if (at.y >= ys_.end) {
      at.y = ys_.end - 1;
      at.x = xs_.end - 1;
    } else if (at.x >= xs_.end) {
      at.x = xs_.end - 1;
    } else if (at.x < xs_.begin) {
      --at.y;
      at.x = xs_.end - 1;
    }
    if (at.y < ys_.begin) at = {at.image - 1, ys_.end - 1, xs_.end - 1};
    return index(at);
  }

  [[nodiscard]] std::uint64_t byte(std::int64_t word) const {
    const Position at = position(word);
    const auto height = static_cast<std::int64_t>(reader_.in_height);
    const auto width = static_cast<std::int64_t>(reader_.in_width);
    const std::int64_t row = at.image * height + at.y * stride_ + reader_.dy;
    return static_cast<std::uint64_t>(row * width + at.x * stride_ + reader_.dx);
  }

 private:
  [[nodiscard]] Position position(std::int64_t word) const {
    return {word / pixels_, word % pixels_ / width_, word % width_};
  }
  [[nodiscard]] std::int64_t index(const Position& at) const {
    return at.image * pixels_ + at.y * width_ + at.x;
  }

  const PlaneReader& reader_;
  std::int64_t stride_;
  std::int64_t width_;
  std::int64_t pixels_;
  Interval ys_;
  Interval xs_;
};

}  // namespace

std::optional<Footprint> footprint(const PlaneReader& reader, std::uint64_t word_begin,
                                   std::uint64_t words) {
  const Words reading(reader);
  if (words == 0 || reading.none()) return std::nullopt;
  const auto begin = static_cast<std::int64_t>(word_begin);
  const std::int64_t end = begin + static_cast<std::int64_t>(words);
  const std::int64_t first = reading.next(begin);
  if (first >= end) return std::nullopt;
  return Footprint{reading.byte(first), reading.byte(reading.previous(end - 1))};
}

}  // namespace colcomb
