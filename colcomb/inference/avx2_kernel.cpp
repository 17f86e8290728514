#include "colcomb/inference/kernel.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>

#include "colcomb/inference/gather.hpp"

// As the avx512 kernel, with what AVX2 has: vpshufb looks up in 16 columns and widens to 16 bits in
// the same go (an index with its highest bit set gives 0), vpmaddwd multiplies and sums two groups
// of 8 rows. vpmaddubsw would do four groups, but saturates at 16 bits.

#define COLCOMB_AVX2 __attribute__((target("avx2")))

namespace colcomb::inference {
namespace {

constexpr Geometry kGeometry{16, 2, 16};
constexpr int kPixels = 4;          // of a tile; with 16 rows eight vectors of accumulations
constexpr std::size_t kBlock = 32;  // pixels gathered at a time

struct alignas(32) Line {
  std::uint8_t bytes[32] = {};
};
struct alignas(16) Half {
  std::uint8_t bytes[16] = {};
};

/// One load of a window's gather: its bytes, and where they go (highest bit: not from here).
struct Source {
  std::ptrdiff_t offset = 0;
  Half index;
};
struct Range {
  std::size_t begin = 0, end = 0;
};

class Avx2Layer final : public LayerKernel {
 public:
  explicit Avx2Layer(const LayerPlan& plan)
      : plan_(plan), steps_(plan.cells.cols() / kGeometry.depth) {
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
    plan_.cells = {};
  }

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return kBlock * windows_.size() * sizeof(Half);
  }

  COLCOMB_AVX2 void run(const Part& part) const noexcept override {
    for (std::size_t begin = part.pixel_begin; begin < part.pixel_end; begin += kBlock) {
      const std::size_t count = std::min(kBlock, part.pixel_end - begin);
      gather_pixels(part, begin, count);
      for (std::size_t c = part.chunk_begin; c < part.chunk_end; ++c)
        run_chunk(part, c, begin, count);
    }
  }

 private:
  Range add_gather(const std::vector<std::ptrdiff_t>& offsets) {
    const Gather gather = plan_gather(offsets, sizeof(Half));
    const Range range{sources_.size(), sources_.size() + gather.loads.size()};
    for (const Load& load : gather.loads) {
      Source source{load.offset, {}};
      for (std::size_t l = 0; l < sizeof(Half); ++l)
        source.index.bytes[l] = (load.lanes >> l & 1) != 0 ? gather.index[l] : 0x80;
      sources_.push_back(source);
    }
    return range;
  }

  /// Per step and 8 rows: a line of 16-bit look-up indices and one of 16-bit weights.
  void add_chunk(std::size_t row) {
    for (std::size_t step = 0; step < steps_; ++step) {
      for (std::size_t block = row; block < row + kGeometry.chunk; block += 8) {
        Line columns;
        Line weights;
        for (std::size_t i = 0; i < 16; ++i) {
          const std::size_t r = block + i / kGeometry.depth;
          const Cell cell = r < plan_.rows
                                ? plan_.cells(r, step * kGeometry.depth + i % kGeometry.depth)
                                : Cell{};
          columns.bytes[2 * i] = cell.column;
          columns.bytes[2 * i + 1] = 0x80;
          weights.bytes[2 * i] = static_cast<std::uint8_t>(cell.weight);
          weights.bytes[2 * i + 1] = cell.weight < 0 ? 0xff : 0;
        }
        lines_.push_back(columns);
        lines_.push_back(weights);
      }
    }
    for (std::size_t r = row; r < row + kGeometry.chunk; ++r) {
      biases_.push_back(r < plan_.rows ? plan_.bias[r] : 0);
      shifts_.push_back(r < plan_.rows ? plan_.shifts[r] : 0);
    }
  }

  COLCOMB_AVX2 __m128i gather(const Range& range, const std::uint8_t* from) const {
    __m128i lanes = _mm_setzero_si128();
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const Source& source = sources_[i];
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + source.offset));
      const __m128i index = _mm_load_si128(reinterpret_cast<const __m128i*>(&source.index));
      lanes = _mm_or_si128(lanes, _mm_shuffle_epi8(bytes, index));
    }
    return lanes;
  }

  COLCOMB_AVX2 void gather_pixels(const Part& part, std::size_t begin, std::size_t count) const {
    std::uint8_t* to = part.scratch;
    for (std::size_t i = begin; i < begin + count; ++i) {
      const std::uint8_t* from = part.input + plan_.input.at(i / plan_.width, i % plan_.width);
      for (const Range& window : windows_) {
        _mm_store_si128(reinterpret_cast<__m128i*>(to), gather(window, from));
        to += sizeof(Half);
      }
    }
  }

  COLCOMB_AVX2 void run_chunk(const Part& part, std::size_t c, std::size_t begin,
                              std::size_t count) const {
    const std::size_t pixel = windows_.size() * sizeof(Half);
    const auto* bias = reinterpret_cast<const __m256i*>(biases_.data() + c * kGeometry.chunk);
    for (std::size_t i = 0; i < count; i += kPixels) {
      __m256i acc[2][kPixels];
      for (int p = 0; p < kPixels; ++p) {
        acc[0][p] = _mm256_loadu_si256(bias);
        acc[1][p] = _mm256_loadu_si256(bias + 1);
      }
      const auto* line = reinterpret_cast<const __m256i*>(lines_.data() + c * steps_ * 4);
      const std::uint8_t* columns = part.scratch + i * pixel;
      for (const Window& window : plan_.windows) {
        for (std::size_t step = 0; step < window.steps; ++step) {
#pragma GCC unroll 2
          for (int k = 0; k < 2; ++k) {
            const __m256i choose = _mm256_load_si256(line++);
            const __m256i weights = _mm256_load_si256(line++);
#pragma GCC unroll 4
            for (int p = 0; p < kPixels; ++p) {
              const __m256i bytes = _mm256_broadcastsi128_si256(_mm_load_si128(
                  reinterpret_cast<const __m128i*>(columns + static_cast<std::size_t>(p) * pixel)));
              acc[k][p] = _mm256_add_epi32(
                  acc[k][p], _mm256_madd_epi16(_mm256_shuffle_epi8(bytes, choose), weights));
            }
          }
        }
        columns += sizeof(Half);
      }
      const std::size_t valid = std::min<std::size_t>(kPixels, count - i);
      for (std::size_t p = 0; p < valid; ++p) finish(part, c, begin + i + p, acc[0][p], acc[1][p]);
    }
  }

  /// Residual, requantization and store of one pixel.
  COLCOMB_AVX2 void finish(const Part& part, std::size_t c, std::size_t pixel, __m256i low,
                           __m256i high) const {
    if (plan_.linear) {
      auto* to =
          reinterpret_cast<__m256i*>(static_cast<std::int32_t*>(part.output) + c * kGeometry.chunk);
      _mm256_storeu_si256(to, low);
      _mm256_storeu_si256(to + 1, high);
      return;
    }
    const std::size_t y = pixel / plan_.width;
    const std::size_t x = pixel % plan_.width;
    const auto* shifts = reinterpret_cast<const __m256i*>(shifts_.data() + c * kGeometry.chunk);
    const __m256i f_low = _mm256_loadu_si256(shifts);
    const __m256i f_high = _mm256_loadu_si256(shifts + 1);
    if (!residuals_.empty()) {
      const __m128i added = gather(residuals_[c], part.residual + plan_.residual_pitch.at(y, x));
      low = _mm256_add_epi32(low, _mm256_sllv_epi32(_mm256_cvtepu8_epi32(added), f_low));
      high = _mm256_add_epi32(
          high, _mm256_sllv_epi32(_mm256_cvtepu8_epi32(_mm_srli_si128(added, 8)), f_high));
    }
    low = _mm256_srav_epi32(low, f_low);
    high = _mm256_srav_epi32(high, f_high);
    if (part.saturated != nullptr) {
      const __m256i most = _mm256_set1_epi32(255);
      const int mask_low = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(low, most)));
      const int mask_high = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(high, most)));
      *part.saturated += static_cast<std::uint64_t>(__builtin_popcount(
          static_cast<unsigned>(mask_low) | static_cast<unsigned>(mask_high) << 8));
    }
    // vpackssdw interleaves 128-bit halves; vpermq puts the rows in order again.
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8);
    const __m128i bytes =
        _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    std::uint8_t* to = static_cast<std::uint8_t*>(part.output) + plan_.output.at(y, x) +
                       static_cast<std::ptrdiff_t>(c * kGeometry.chunk);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  }

  LayerPlan plan_;         // its cells are in lines_ instead
  std::size_t steps_ = 0;  // of all windows
  std::vector<Range> windows_;
  std::vector<Range> residuals_;  // per chunk
  std::vector<Source> sources_;
  std::vector<Line> lines_;
  std::vector<std::int32_t> biases_;
  std::vector<std::int32_t> shifts_;  // as the biases
};

bool supported() {
  return __builtin_cpu_supports("avx2");
}

std::unique_ptr<LayerKernel> make(const LayerPlan& plan) {
  return std::make_unique<Avx2Layer>(plan);
}

}  // namespace

const Kernel& avx2_kernel() {
  static const Kernel kernel{"avx2", kGeometry, supported, make};
  return kernel;
}

}  // namespace colcomb::inference

#else

namespace colcomb::inference {

const Kernel& avx2_kernel() {
  static const Kernel kernel{"avx2", {}, [] { return false; }, nullptr};
  return kernel;
}

}  // namespace colcomb::inference

#endif
