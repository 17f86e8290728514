// For 64-bit ARM; other builds leave this file out.
#include <arm_neon.h>
#include <sys/auxv.h>

#include <algorithm>
#include <array>

#include "colcomb/inference/gather.hpp"
#include "colcomb/inference/kernel.hpp"

// As the other kernels: tbl looks up, in 32 columns, the bytes of 4 rows and 4 groups. Its products
// are of signed bytes, so a pixel's value q is read as q - 128, and 128 times the sum of a row's
// weights is added to its bias: exact modulo 2^32. With the dot-product extension sdot multiplies
// and sums all 16; without, smull gives 16-bit products, which hold (-128) * (-128), and sadalp
// adds pairs of them to 32-bit sums.

namespace colcomb::inference {
namespace {

constexpr Geometry kGeometry{32, 4, 16};
constexpr std::size_t kBlocks = 4;     // of 4 rows, in a chunk
constexpr std::size_t kPixels = 4;     // accumulated together
constexpr std::size_t kGathered = 32;  // pixels gathered at a time; a multiple of kPixels
constexpr std::size_t kWindowBytes = 32;

struct alignas(16) Quad {
  std::array<std::uint8_t, 16> bytes{};
};

/// Per row block a quad of look-up indices and one of weights, for each step.
struct Step {
  std::array<Quad, kBlocks> columns;
  std::array<Quad, kBlocks> weights;
};

/// What 16 rows of kPixels pixels are computed from.
struct Tile {
  const Step* steps = nullptr;
  const std::vector<Window>* windows = nullptr;
  const std::uint8_t* columns = nullptr;  // gathered windows of the first pixel
  std::size_t pixel = 0;                  // bytes from one pixel's windows to the next's
  const std::int32_t* bias = nullptr;     // 16
};
using Sums = std::array<std::array<int32x4_t, kBlocks>, kPixels>;

int8x16_t look_up(const std::uint8_t* window, const Quad& columns) {
  const uint8x16x2_t table = {{vld1q_u8(window), vld1q_u8(window + 16)}};
  return vreinterpretq_s8_u8(vqtbl2q_u8(table, vld1q_u8(columns.bytes.data())));
}

int8x16_t weights_of(const Quad& weights) {
  return vreinterpretq_s8_u8(vld1q_u8(weights.bytes.data()));
}

__attribute__((target("arch=armv8.2-a+dotprod"))) void accumulate_dot(const Tile& tile,
                                                                      Sums& sums) {
  for (auto& pixel : sums) {
    for (std::size_t b = 0; b < kBlocks; ++b) pixel[b] = vld1q_s32(tile.bias + 4 * b);
  }
  const Step* step = tile.steps;
  const std::uint8_t* window = tile.columns;
  for (const Window& plan : *tile.windows) {
    for (const Step* const end = step + plan.steps; step != end; ++step) {
      for (std::size_t b = 0; b < kBlocks; ++b) {
        for (std::size_t p = 0; p < kPixels; ++p) {
          sums[p][b] = vdotq_s32(sums[p][b], look_up(window + p * tile.pixel, step->columns[b]),
                                 weights_of(step->weights[b]));
        }
      }
    }
    window += kWindowBytes;
  }
}

void accumulate_pairs(const Tile& tile, Sums& sums) {
  for (std::size_t p = 0; p < kPixels; ++p) {
    // Rows 0 and 1 of a block, and rows 2 and 3, each as two sums of two groups.
    std::array<std::array<int32x4_t, 2>, kBlocks> halves{};
    const Step* step = tile.steps;
    const std::uint8_t* window = tile.columns + p * tile.pixel;
    for (const Window& plan : *tile.windows) {
      for (const Step* const end = step + plan.steps; step != end; ++step) {
        for (std::size_t b = 0; b < kBlocks; ++b) {
          const int8x16_t data = look_up(window, step->columns[b]);
          const int8x16_t weights = weights_of(step->weights[b]);
          halves[b][0] =
              vpadalq_s16(halves[b][0], vmull_s8(vget_low_s8(data), vget_low_s8(weights)));
          halves[b][1] = vpadalq_s16(halves[b][1], vmull_high_s8(data, weights));
        }
      }
      window += kWindowBytes;
    }
    for (std::size_t b = 0; b < kBlocks; ++b) {
      sums[p][b] = vaddq_s32(vld1q_s32(tile.bias + 4 * b), vpaddq_s32(halves[b][0], halves[b][1]));
    }
  }
}

using Accumulate = void (*)(const Tile&, Sums&);

/// One load of a gather: its bytes, and where they go (beyond 15: not from here).
struct Source {
  std::ptrdiff_t offset = 0;
  Quad index;
};
struct Range {
  std::size_t begin = 0, end = 0;
};

class NeonLayer final : public LayerKernel {
 public:
  NeonLayer(const LayerPlan& plan, Accumulate accumulate)
      : plan_(plan), accumulate_(accumulate), steps_(plan.cells.cols() / kGeometry.depth) {
    for (const Window& window : plan.windows) {
      const auto& columns = window.columns;
      const auto half =
          columns.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(columns.size(), 16));
      halves_.push_back(add_gather({columns.begin(), half}));
      halves_.push_back(add_gather({half, columns.end()}));
    }
    for (std::size_t row = 0; row < plan.rows; row += kGeometry.chunk) {
      add_chunk(row);
      if (plan.residual.empty()) continue;
      const auto first = plan.residual.begin() + static_cast<std::ptrdiff_t>(row);
      const auto last = plan.residual.begin() +
                        static_cast<std::ptrdiff_t>(std::min(row + kGeometry.chunk, plan.rows));
      residuals_.push_back(add_gather({first, last}));
    }
    plan_.cells = {};
  }

  [[nodiscard]] std::size_t scratch_bytes() const override { return kGathered * pixel_bytes(); }

  void run(const Part& part) const noexcept override {
    for (std::size_t begin = part.pixel_begin; begin < part.pixel_end; begin += kGathered) {
      const std::size_t count = std::min(kGathered, part.pixel_end - begin);
      gather_pixels(part, begin, count);
      for (std::size_t c = part.chunk_begin; c < part.chunk_end; ++c)
        run_chunk(part, c, begin, count);
    }
  }

 private:
  [[nodiscard]] std::size_t pixel_bytes() const { return plan_.windows.size() * kWindowBytes; }

  Range add_gather(const std::vector<std::ptrdiff_t>& offsets) {
    const Gather gather = plan_gather(offsets, sizeof(Quad));
    const Range range{sources_.size(), sources_.size() + gather.loads.size()};
    for (const Load& load : gather.loads) {
      Source source{load.offset, {}};
      for (std::size_t l = 0; l < sizeof(Quad); ++l)
        source.index.bytes[l] = (load.lanes >> l & 1) != 0 ? gather.index[l] : 0xff;
      sources_.push_back(source);
    }
    return range;
  }

  void add_chunk(std::size_t row) {
    for (std::size_t s = 0; s < steps_; ++s) {
      Step& step = lines_.emplace_back();
      for (std::size_t i = 0; i < kGeometry.chunk * kGeometry.depth; ++i) {
        const std::size_t r = row + i / kGeometry.depth;
        if (r >= plan_.rows) break;
        const Cell cell = plan_.cells(r, s * kGeometry.depth + i % kGeometry.depth);
        step.columns[i / 16].bytes[i % 16] = cell.column;
        step.weights[i / 16].bytes[i % 16] = static_cast<std::uint8_t>(cell.weight);
      }
    }
    for (std::size_t r = row; r < row + kGeometry.chunk; ++r) {
      biases_.push_back(r < plan_.rows ? shifted_bias(r) : 0);
      shifts_.push_back(r < plan_.rows ? plan_.shifts[r] : 0);
    }
  }

  /// The row's bias for values that are read as 128 less.
  [[nodiscard]] std::int32_t shifted_bias(std::size_t r) const {
    auto bias = static_cast<std::uint32_t>(plan_.bias[r]);
    for (std::size_t i = 0; i < plan_.cells.cols(); ++i)
      bias += static_cast<std::uint32_t>(128 * int{plan_.cells(r, i).weight});
    return static_cast<std::int32_t>(bias);
  }

  [[nodiscard]] uint8x16_t gather(const Range& range, const std::uint8_t* from) const {
    uint8x16_t lanes = vdupq_n_u8(0);
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const Source& source = sources_[i];
      lanes = vorrq_u8(
          lanes, vqtbl1q_u8(vld1q_u8(from + source.offset), vld1q_u8(source.index.bytes.data())));
    }
    return lanes;
  }

  void gather_pixels(const Part& part, std::size_t begin, std::size_t count) const {
    std::uint8_t* to = part.scratch;
    for (std::size_t i = begin; i < begin + count; ++i) {
      const std::uint8_t* from = part.input + plan_.input.at(i / plan_.width, i % plan_.width);
      for (const Range& half : halves_) {
        vst1q_u8(to, veorq_u8(gather(half, from), vdupq_n_u8(0x80)));
        to += sizeof(Quad);
      }
    }
  }

  void run_chunk(const Part& part, std::size_t c, std::size_t begin, std::size_t count) const {
    Tile tile;
    tile.steps = lines_.data() + c * steps_;
    tile.windows = &plan_.windows;
    tile.pixel = pixel_bytes();
    tile.bias = biases_.data() + c * kGeometry.chunk;
    for (std::size_t i = 0; i < count; i += kPixels) {
      tile.columns = part.scratch + i * tile.pixel;
      Sums sums;
      accumulate_(tile, sums);
      for (std::size_t p = 0; p < std::min(kPixels, count - i); ++p)
        finish(part, c, begin + i + p, sums[p]);
    }
  }

  /// Residual, requantization and store of one pixel.
  void finish(const Part& part, std::size_t c, std::size_t pixel,
              std::array<int32x4_t, kBlocks>& sums) const {
    if (plan_.linear) {
      auto* to = static_cast<std::int32_t*>(part.output) + c * kGeometry.chunk;
      for (std::size_t b = 0; b < kBlocks; ++b) vst1q_s32(to + 4 * b, sums[b]);
      return;
    }
    const std::size_t y = pixel / plan_.width;
    const std::size_t x = pixel % plan_.width;
    std::array<int32x4_t, kBlocks> f;
    for (std::size_t b = 0; b < kBlocks; ++b)
      f[b] = vld1q_s32(shifts_.data() + c * kGeometry.chunk + 4 * b);
    if (!residuals_.empty()) {
      const uint8x16_t added = gather(residuals_[c], part.residual + plan_.residual_pitch.at(y, x));
      const uint16x8_t low = vmovl_u8(vget_low_u8(added));
      const uint16x8_t high = vmovl_high_u8(added);
      const std::array<uint32x4_t, kBlocks> wide = {
          vmovl_u16(vget_low_u16(low)), vmovl_high_u16(low), vmovl_u16(vget_low_u16(high)),
          vmovl_high_u16(high)};
      for (std::size_t b = 0; b < kBlocks; ++b) {
        sums[b] = vaddq_s32(sums[b], vshlq_s32(vreinterpretq_s32_u32(wide[b]), f[b]));
      }
    }
    for (std::size_t b = 0; b < kBlocks; ++b)
      sums[b] = vshlq_s32(sums[b], vnegq_s32(f[b]));  // to the right
    if (part.saturated != nullptr) {
      uint32x4_t over = vdupq_n_u32(0);
      for (const int32x4_t& sum : sums)
        over = vsubq_u32(over, vcgtq_s32(sum, vdupq_n_s32(255)));  // true is -1
      *part.saturated += vaddvq_u32(over);
    }
    const int16x8_t low = vcombine_s16(vqmovn_s32(sums[0]), vqmovn_s32(sums[1]));
    const int16x8_t high = vcombine_s16(vqmovn_s32(sums[2]), vqmovn_s32(sums[3]));
    std::uint8_t* to = static_cast<std::uint8_t*>(part.output) + plan_.output.at(y, x) +
                       static_cast<std::ptrdiff_t>(c * kGeometry.chunk);
    vst1q_u8(to, vcombine_u8(vqmovun_s16(low), vqmovun_s16(high)));
  }

  LayerPlan plan_;  // its cells are in lines_ instead
  Accumulate accumulate_;
  std::size_t steps_ = 0;         // of all windows
  std::vector<Range> halves_;     // two a window
  std::vector<Range> residuals_;  // per chunk
  std::vector<Source> sources_;
  std::vector<Step> lines_;
  std::vector<std::int32_t> biases_;
  std::vector<std::int32_t> shifts_;  // as the biases
};

bool has_dot_products() {
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
}

}  // namespace

const Kernel& neon_dot_kernel() {
  static const Kernel kernel{"neon_dot", kGeometry, has_dot_products,
                             [](const LayerPlan& plan) -> std::unique_ptr<LayerKernel> {
                               return std::make_unique<NeonLayer>(plan, accumulate_dot);
                             }};
  return kernel;
}

const Kernel& neon_kernel() {
  static const Kernel kernel{"neon", kGeometry, [] { return true; },
                             [](const LayerPlan& plan) -> std::unique_ptr<LayerKernel> {
                               return std::make_unique<NeonLayer>(plan, accumulate_pairs);
                             }};
  return kernel;
}

}  // namespace colcomb::inference
