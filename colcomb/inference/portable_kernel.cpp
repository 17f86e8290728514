#include <algorithm>
#include <vector>

#include "colcomb/inference/kernel.hpp"

// For processors without one of the instruction sets of the other kernels. Pixels lie side by side:
// the gathered columns are planes of kBlock pixels, and each nonzero weight multiplies one plane,
// which any compiler turns into vector code.

namespace colcomb::inference {
namespace {

constexpr std::size_t kBlock = 64;  // pixels

/// acc[i] += weight * plane[i], modulo 2^32. A signed times an unsigned byte fits 16 bits, which
/// doubles the lanes of a multiply. Kept apart: in line, g++ 12 unrolls it into scalar code.
[[gnu::noinline]] void accumulate(std::uint32_t* acc, const std::uint8_t* plane,
                                  std::int16_t weight, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto product = static_cast<std::int16_t>(weight * plane[i]);
    acc[i] += static_cast<std::uint32_t>(std::int32_t{product});
  }
}

class PortableLayer final : public LayerKernel {
 public:
  explicit PortableLayer(const LayerPlan& plan) : plan_(plan) {
    for (const Window& window : plan.windows) {
      window_starts_.push_back(columns_.size());
      columns_.insert(columns_.end(), window.columns.begin(), window.columns.end());
      step_windows_.insert(step_windows_.end(), window.steps, window_starts_.size() - 1);
    }
    for (std::size_t r = 0; r < plan.rows; ++r) {
      for (std::size_t s = 0; s < plan.cells.cols(); ++s) {
        const Cell& cell = plan.cells(r, s);
        if (cell.weight != 0)
          weights_.push_back({cell.weight, window_starts_[step_windows_[s]] + cell.column});
      }
      row_ends_.push_back(weights_.size());
    }
    plan_.cells = {};
  }

  [[nodiscard]] std::size_t scratch_bytes() const override { return columns_.size() * kBlock; }

  void run(const Part& part) const noexcept override {
    const std::size_t row_begin = part.chunk_begin * kRows;
    const std::size_t row_end = std::min(part.chunk_end * kRows, plan_.rows);
    for (std::size_t begin = part.pixel_begin; begin < part.pixel_end; begin += kBlock) {
      const Block block = locate(begin, std::min(kBlock, part.pixel_end - begin));
      gather(part, block);
      for (std::size_t r = row_begin; r < row_end; ++r) run_row(part, r, block);
    }
  }

  static constexpr std::size_t kRows = 16;

 private:
  struct Weight {
    std::int16_t value;
    std::size_t column;
  };

  /// Offsets of a block's pixels in the maps.
  struct Block {
    std::size_t count = 0;
    std::size_t padded = 0;  // to a multiple of 16
    std::ptrdiff_t input[kBlock];
    std::ptrdiff_t residual[kBlock];
    std::ptrdiff_t output[kBlock];
  };

  [[nodiscard]] Block locate(std::size_t begin, std::size_t count) const {
    Block block;
    block.count = count;
    block.padded = (count + 15) / 16 * 16;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t y = (begin + i) / plan_.width;
      const std::size_t x = (begin + i) % plan_.width;
      block.input[i] = plan_.input.at(y, x);
      block.residual[i] = plan_.residual_pitch.at(y, x);
      block.output[i] = plan_.output.at(y, x);
    }
    return block;
  }

  void gather(const Part& part, const Block& block) const {
    for (std::size_t m = 0; m < columns_.size(); ++m) {
      std::uint8_t* plane = part.scratch + m * kBlock;
      const std::uint8_t* from = part.input + columns_[m];
      for (std::size_t i = 0; i < block.count; ++i) plane[i] = from[block.input[i]];
    }
  }

  void run_row(const Part& part, std::size_t r, const Block& block) const {
    std::uint32_t acc[kBlock];
    std::fill_n(acc, kBlock, static_cast<std::uint32_t>(plan_.bias[r]));
    for (std::size_t w = r == 0 ? 0 : row_ends_[r - 1]; w < row_ends_[r]; ++w) {
      accumulate(acc, part.scratch + weights_[w].column * kBlock, weights_[w].value, block.padded);
    }
    const std::uint32_t f = plan_.shifts[r];
    if (!plan_.residual.empty() && plan_.residual[r] != kNothing) {
      const std::uint8_t* added = part.residual + plan_.residual[r];
      for (std::size_t i = 0; i < block.count; ++i)
        acc[i] += std::uint32_t{added[block.residual[i]]} << f;
    }
    if (plan_.linear) {
      static_cast<std::int32_t*>(part.output)[r] = static_cast<std::int32_t>(acc[0]);
      return;
    }
    std::uint8_t* to = static_cast<std::uint8_t*>(part.output) + r;
    std::uint64_t saturated = 0;
    for (std::size_t i = 0; i < block.count; ++i) {
      const std::int32_t shifted = static_cast<std::int32_t>(acc[i]) >> f;
      saturated += shifted > 255 ? 1U : 0U;
      to[block.output[i]] = static_cast<std::uint8_t>(std::clamp(shifted, 0, 255));
    }
    if (part.saturated != nullptr) *part.saturated += saturated;
  }

  LayerPlan plan_;                       // its cells are in weights_ instead
  std::vector<std::ptrdiff_t> columns_;  // of all windows
  std::vector<std::size_t> window_starts_;
  std::vector<std::size_t> step_windows_;
  std::vector<Weight> weights_;  // nonzero ones, row by row
  std::vector<std::size_t> row_ends_;
};

}  // namespace

const Kernel& portable_kernel() {
  static const Kernel kernel{"portable",
                             {64, 1, PortableLayer::kRows},
                             [] { return true; },
                             [](const LayerPlan& plan) -> std::unique_ptr<LayerKernel> {
                               return std::make_unique<PortableLayer>(plan);
                             }};
  return kernel;
}

}  // namespace colcomb::inference
