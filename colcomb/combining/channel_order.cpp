#include "colcomb/combining/channel_order.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace colcomb::combining {
namespace {

constexpr std::size_t kFree = std::numeric_limits<std::size_t>::max();

class Blocks {
 public:
  explicit Blocks(std::size_t channels) : block_of_(channels, kFree), wanted_(channels, false) {}

  void place(const std::vector<std::uint32_t>& set) {
    std::vector<std::uint32_t> free;
    std::size_t block = kFree;
    for (const std::uint32_t channel : set) {
      if (block_of_[channel] == kFree) {
        free.push_back(channel);
      } else if (block == kFree) {
        block = block_of_[channel];
      } else if (block != block_of_[channel]) {
        return;  // joining two blocks would need both at the right ends; rare enough to leave out
      }
    }
    if (free.empty()) return;
    if (block == kFree) {
      block = blocks_.size();
      blocks_.emplace_back();
    }
    extend(block, set, free);
  }

  [[nodiscard]] std::vector<std::uint32_t> order() const {
    std::vector<std::uint32_t> result;
    for (const auto& block : blocks_) result.insert(result.end(), block.begin(), block.end());
    for (std::uint32_t channel = 0; channel < block_of_.size(); ++channel) {
      if (block_of_[channel] == kFree) result.push_back(channel);
    }
    return result;
  }

 private:
  /// Puts `free` at the end of the block where the set's other channels are, if they are at one.
  void extend(std::size_t index, const std::vector<std::uint32_t>& set,
              const std::vector<std::uint32_t>& free) {
    std::deque<std::uint32_t>& block = blocks_[index];
    const auto placed = static_cast<std::ptrdiff_t>(set.size() - free.size());
    for (const std::uint32_t channel : set) wanted_[channel] = true;
    const auto wanted = [this](std::uint32_t channel) { return wanted_[channel]; };
    const bool at_back = std::all_of(block.end() - placed, block.end(), wanted);
    const bool at_front = std::all_of(block.begin(), block.begin() + placed, wanted);
    for (const std::uint32_t channel : set) wanted_[channel] = false;
    if (at_back) {
      block.insert(block.end(), free.begin(), free.end());
    } else if (at_front) {
      block.insert(block.begin(), free.begin(), free.end());
    } else {
      return;
    }
    for (const std::uint32_t channel : free) block_of_[channel] = index;
  }

  std::vector<std::deque<std::uint32_t>> blocks_;
  std::vector<std::size_t> block_of_;  // per channel
  std::vector<bool> wanted_;           // per channel, scratch
};

}  // namespace

bool is_contiguous(const std::vector<std::uint32_t>& set, const std::vector<std::uint32_t>& place) {
  std::uint32_t first = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t last = 0;
  for (const std::uint32_t channel : set) {
    first = std::min(first, place[channel]);
    last = std::max(last, place[channel]);
  }
  return std::size_t{last} - first + 1 == set.size();
}

std::vector<std::uint32_t> order_channels(const ChannelSets& sets, std::size_t channels) {
  Blocks blocks(channels);
  for (const auto& set : sets) blocks.place(set);
  return blocks.order();
}

}  // namespace colcomb::combining
