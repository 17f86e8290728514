#include "colcomb/inference/kernel.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>

#include "colcomb/inference/gather.hpp"

// A step is two instructions for 16 rows of 4 groups each. vpermb is the array's MX cell: out of a
// window of 64 columns it takes, for each row and group, the one byte that the cell's weight
// belongs to. vpdpbusd multiplies and sums the four groups of each row, exactly. A tile of rows and
// pixels stays in registers over all windows.

#define COLCOMB_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vnni")))

namespace colcomb::inference {
namespace {

constexpr Geometry kGeometry{64, 4, 64};
constexpr std::size_t kBlockRows = 16;      // rows of one vector of accumulations
constexpr std::size_t kScratch = 20 << 10;  // gathered windows: well within the first-level cache

struct alignas(64) Line {
  std::uint8_t bytes[64] = {};
};

struct WindowGather {
  std::size_t load_begin = 0, load_end = 0;
  Line index;
};

/// Rows computed together: up to four vectors of 16.
struct Chunk {
  std::size_t blocks = 0;
  std::size_t first_line = 0;  // of its cells: per window, step and block, 64 columns and weights
  std::size_t first_bias = 0;  // in lines
};

constexpr std::size_t kTogether = 8;     // pixels; a multiple of a tile's
constexpr std::size_t kMostPixels = 64;  // of a block

/// Pixels gathered at a time, and where they lie.
struct Block {
  std::size_t count = 0;
  const std::uint8_t* input[kMostPixels];
  const std::uint8_t* residual[kMostPixels];
  std::uint8_t* output[kMostPixels];
};

/// Which of a chunk's rows sits in lane `lane` of its vector `block`. Chunks of four vectors are
/// narrowed by vpackssdw and vpackuswb, which interleave them; this is the inverse.
std::size_t row_of(std::size_t blocks, std::size_t block, std::size_t lane, bool linear) {
  if (blocks == 4 && !linear) return lane / 4 * 16 + block * 4 + lane % 4;
  return block * kBlockRows + lane;
}

class Avx512Layer final : public LayerKernel {
 public:
  explicit Avx512Layer(const LayerPlan& plan) : plan_(plan) {
    for (const Window& window : plan.windows) windows_.push_back(add_gather(window.columns));
    for (std::size_t row = 0; row < plan.rows; row += kGeometry.chunk) {
      add_chunk(row);
      if (!plan.residual.empty()) {
        const auto first = plan.residual.begin() + static_cast<std::ptrdiff_t>(row);
        const auto last = plan.residual.begin() +
                          static_cast<std::ptrdiff_t>(std::min(row + kGeometry.chunk, plan.rows));
        residuals_.push_back(add_gather({first, last}));
      }
    }
    const std::size_t pixel = windows_.size() * sizeof(Line);
    block_ =
        std::clamp<std::size_t>(pixel == 0 ? kMostPixels : kScratch / pixel / kTogether * kTogether,
                                kTogether, kMostPixels);
    plan_.cells = {};
  }

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return block_ * windows_.size() * sizeof(Line);
  }

  COLCOMB_AVX512 void run(const Part& part) const noexcept override {
    for (std::size_t begin = part.pixel_begin; begin < part.pixel_end; begin += block_) {
      Block block;
      locate(part, begin, block);
      for (std::size_t i = 0; i < block.count; i += kTogether) gather_pixels(part, block, i);
      for (std::size_t c = part.chunk_begin; c < part.chunk_end; ++c) {
        switch (chunks_[c].blocks) {
          case 1:
            run_chunk<1, 8>(part, c, block);
            break;
          case 2:
            run_chunk<2, 8>(part, c, block);
            break;
          case 3:
            run_chunk<3, 4>(part, c, block);
            break;
          default:
            run_chunk<4, 4>(part, c, block);
        }
      }
    }
  }

 private:
  WindowGather add_gather(const std::vector<std::ptrdiff_t>& offsets) {
    const Gather gather = plan_gather(offsets, sizeof(Line));
    WindowGather result{loads_.size(), loads_.size() + gather.loads.size(), {}};
    loads_.insert(loads_.end(), gather.loads.begin(), gather.loads.end());
    std::ranges::copy(gather.index, result.index.bytes);
    return result;
  }

  void add_chunk(std::size_t row) {
    const std::size_t blocks =
        std::min(kGeometry.chunk, plan_.rows - row + kBlockRows - 1) / kBlockRows;
    chunks_.push_back({blocks, lines_.size(), biases_.size()});
    const auto row_at = [&](std::size_t block, std::size_t lane) {
      return row + row_of(blocks, block, lane, plan_.linear);
    };
    for (std::size_t step = 0; step * kGeometry.depth < plan_.cells.cols(); ++step) {
      for (std::size_t block = 0; block < blocks; ++block) {
        Line columns;
        Line weights;
        for (std::size_t i = 0; i < sizeof(Line); ++i) {
          const std::size_t r = row_at(block, i / kGeometry.depth);
          if (r >= plan_.rows) continue;
          const Cell& cell = plan_.cells(r, step * kGeometry.depth + i % kGeometry.depth);
          columns.bytes[i] = cell.column;
          weights.bytes[i] = static_cast<std::uint8_t>(cell.weight);
        }
        lines_.push_back(columns);
        lines_.push_back(weights);
      }
    }
    for (std::size_t block = 0; block < blocks; ++block) {
      std::array<std::int32_t, kBlockRows> bias{};
      std::array<std::int32_t, kBlockRows> shift{};
      for (std::size_t lane = 0; lane < kBlockRows; ++lane) {
        const std::size_t r = row_at(block, lane);
        if (r >= plan_.rows) continue;
        bias[lane] = plan_.bias[r];
        shift[lane] = plan_.shifts[r];
      }
      biases_.push_back(std::bit_cast<Line>(bias));
      shifts_.push_back(std::bit_cast<Line>(shift));
    }
  }

  COLCOMB_AVX512 __m512i gather(const WindowGather& window, const std::uint8_t* from) const {
    const __m512i index = _mm512_load_si512(&window.index);
    __m512i lanes = _mm512_setzero_si512();
    for (std::size_t i = window.load_begin; i < window.load_end; ++i) {
      lanes = _mm512_mask_permutexvar_epi8(lanes, loads_[i].lanes, index,
                                           _mm512_loadu_si512(from + loads_[i].offset));
    }
    return lanes;
  }

  /// Finds a block's pixels. Up to a multiple of kTogether they repeat the last one's input.
  COLCOMB_AVX512 void locate(const Part& part, std::size_t begin, Block& block) const {
    block.count = std::min(block_, part.pixel_end - begin);
    std::size_t y = begin / plan_.width;
    std::size_t x = begin % plan_.width;
    for (std::size_t i = 0; i < block.count; ++i) {
      block.input[i] = part.input + plan_.input.at(y, x);
      if (part.residual != nullptr)
        block.residual[i] = part.residual + plan_.residual_pitch.at(y, x);
      if (!plan_.linear)
        block.output[i] = static_cast<std::uint8_t*>(part.output) + plan_.output.at(y, x);
      if (++x == plan_.width) {
        x = 0;
        ++y;
      }
    }
    for (std::size_t i = block.count; i % kTogether != 0; ++i) {
      block.input[i] = block.input[block.count - 1];
    }
  }

  /// All windows of kTogether pixels: as many independent chains of merges.
  COLCOMB_AVX512 void gather_pixels(const Part& part, const Block& block, std::size_t first) const {
    const std::size_t pixel = windows_.size() * sizeof(Line);
    std::uint8_t* to = part.scratch + first * pixel;
    for (const WindowGather& window : windows_) {
      const __m512i index = _mm512_load_si512(&window.index);
      __m512i lanes[kTogether];
#pragma GCC unroll 8
      for (std::size_t p = 0; p < kTogether; ++p) lanes[p] = _mm512_setzero_si512();
      for (std::size_t i = window.load_begin; i < window.load_end; ++i) {
        const Load load = loads_[i];
#pragma GCC unroll 8
        for (std::size_t p = 0; p < kTogether; ++p) {
          lanes[p] = _mm512_mask_permutexvar_epi8(
              lanes[p], load.lanes, index,
              _mm512_loadu_si512(block.input[first + p] + load.offset));
        }
      }
#pragma GCC unroll 8
      for (std::size_t p = 0; p < kTogether; ++p) _mm512_store_si512(to + p * pixel, lanes[p]);
      to += sizeof(Line);
    }
  }

  template <int kBlocks, int kPixels>
  COLCOMB_AVX512 void run_chunk(const Part& part, std::size_t c, const Block& block) const {
    for (std::size_t i = 0; i < block.count; i += kPixels) {
      __m512i acc[kBlocks][kPixels];
      accumulate<kBlocks, kPixels>(chunks_[c], part.scratch + i * windows_.size() * sizeof(Line),
                                   acc);
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p) {
        __m512i sums[kBlocks];
        for (int k = 0; k < kBlocks; ++k) sums[k] = acc[k][p];
        const std::size_t at = i + static_cast<std::size_t>(p);
        if (at < block.count) finish<kBlocks>(part, c, block, at, sums);
      }
    }
  }

  /// A tile of kBlocks x 16 rows and kPixels pixels. Pixels of the last tile that are none read
  /// what the scratch memory held before.
  template <int kBlocks, int kPixels>
  COLCOMB_AVX512 __attribute__((always_inline)) void accumulate(
      const Chunk& chunk, const std::uint8_t* pixels, __m512i (&acc)[kBlocks][kPixels]) const {
    for (int k = 0; k < kBlocks; ++k) {
      for (int p = 0; p < kPixels; ++p)
        acc[k][p] = _mm512_load_si512(&biases_[chunk.first_bias + static_cast<std::size_t>(k)]);
    }
    const Line* line = lines_.data() + chunk.first_line;
    const std::size_t pixel = windows_.size() * sizeof(Line);
    for (const Window& window : plan_.windows) {
      __m512i columns[kPixels];
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p)
        columns[p] = _mm512_load_si512(pixels + static_cast<std::size_t>(p) * pixel);
      pixels += sizeof(Line);
      for (std::size_t step = 0; step < window.steps; ++step) {
#pragma GCC unroll 4
        for (int k = 0; k < kBlocks; ++k) {
          const __m512i choose = _mm512_load_si512(line++);
          const __m512i weights = _mm512_load_si512(line++);
#pragma GCC unroll 8
          for (int p = 0; p < kPixels; ++p) {
            acc[k][p] = _mm512_dpbusd_epi32(acc[k][p], _mm512_permutexvar_epi8(choose, columns[p]),
                                            weights);
          }
        }
      }
    }
  }

  /// Residual, requantization and store of one pixel.
  template <int kBlocks>
  COLCOMB_AVX512 __attribute__((always_inline)) void finish(const Part& part, std::size_t c,
                                                            const Block& block, std::size_t at,
                                                            __m512i (&sums)[kBlocks]) const {
    if (plan_.linear) {
      auto* to = static_cast<std::int32_t*>(part.output) + c * kGeometry.chunk;
      for (int k = 0; k < kBlocks; ++k) _mm512_storeu_si512(to + k * 16, sums[k]);
      return;
    }
    __m512i f[kBlocks];
    for (int k = 0; k < kBlocks; ++k)
      f[k] = _mm512_load_si512(&shifts_[chunks_[c].first_bias + static_cast<std::size_t>(k)]);
    if (!residuals_.empty()) {
      const __m512i added = gather(residuals_[c], block.residual[at]);
      for (int k = 0; k < kBlocks; ++k)
        sums[k] = _mm512_add_epi32(sums[k], _mm512_sllv_epi32(widen<kBlocks>(added, k), f[k]));
    }
    for (int k = 0; k < kBlocks; ++k) sums[k] = _mm512_srav_epi32(sums[k], f[k]);
    if (part.saturated != nullptr) {
      for (int k = 0; k < kBlocks; ++k) {
        *part.saturated += static_cast<std::uint64_t>(
            std::popcount(_mm512_cmpgt_epi32_mask(sums[k], _mm512_set1_epi32(255))));
      }
    }
    std::uint8_t* to = block.output[at] + c * kGeometry.chunk;
    if constexpr (kBlocks == 4) {
      const __m512i low = _mm512_packs_epi32(sums[0], sums[1]);
      const __m512i high = _mm512_packs_epi32(sums[2], sums[3]);
      _mm512_storeu_si512(to, _mm512_packus_epi16(low, high));
    } else {
      for (int k = 0; k < kBlocks; ++k) {
        const __m512i positive = _mm512_max_epi32(sums[k], _mm512_setzero_si512());
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + k * 16), _mm512_cvtusepi32_epi8(positive));
      }
    }
  }

  /// The bytes of a chunk's rows (in their order in memory) that belong to vector k.
  template <int kBlocks>
  COLCOMB_AVX512 __attribute__((always_inline)) static __m512i widen(__m512i bytes, int k) {
    if constexpr (kBlocks == 4) {
      const __m512i to_lanes = _mm512_set4_epi32(-253, -254, -255, -256);  // bytes {i, none x 3}
      return _mm512_shuffle_epi8(bytes, _mm512_add_epi32(to_lanes, _mm512_set1_epi32(4 * k)));
    } else {
      alignas(64) std::uint8_t lanes[64];
      _mm512_store_si512(lanes, bytes);
      return _mm512_cvtepu8_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(lanes + k * 16)));
    }
  }

  LayerPlan plan_;         // its cells are in lines_ instead
  std::size_t block_ = 8;  // pixels gathered at a time
  std::vector<WindowGather> windows_;
  std::vector<WindowGather> residuals_;  // per chunk
  std::vector<Load> loads_;
  std::vector<Chunk> chunks_;
  std::vector<Line> lines_;
  std::vector<Line> biases_;
  std::vector<Line> shifts_;  // as the biases
};

bool supported() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
}

std::unique_ptr<LayerKernel> make(const LayerPlan& plan) {
  return std::make_unique<Avx512Layer>(plan);
}

}  // namespace

const Kernel& avx512_kernel() {
  static const Kernel kernel{"avx512", kGeometry, supported, make};
  return kernel;
}

}  // namespace colcomb::inference

#else

namespace colcomb::inference {

const Kernel& avx512_kernel() {
  static const Kernel kernel{"avx512", {}, [] { return false; }, nullptr};
  return kernel;
}

}  // namespace colcomb::inference

#endif
