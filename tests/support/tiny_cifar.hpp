#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// A tiny data set in CIFAR-10's binary layout, whose classes differ in brightness by quadrant:
/// five training batches and one test batch of `per_batch` images.
inline void write_tiny_cifar(const std::filesystem::path& folder, std::size_t per_batch) {
  std::filesystem::create_directories(folder);
  Random random(17);
  const auto write_batch = [&](const std::string& name) {
    std::ofstream file(folder / name, std::ios::binary);
    for (std::size_t i = 0; i < per_batch; ++i) {
      const auto label = static_cast<std::uint8_t>(i % 10);
      file.put(static_cast<char>(label));
      for (std::size_t p = 0; p < 3072; ++p) {
        const std::size_t y = p % 1024 / 32, x = p % 32;
        const std::size_t quadrant = y / 16 * 2 + x / 16;
        const bool bright = (label >> quadrant & 1) != 0;
        file.put(static_cast<char>(random.below(100) + (bright ? 120 : 20)));
      }
    }
  };
  for (int b = 1; b <= 5; ++b) write_batch(fmt::format("data_batch_{}.bin", b));
  write_batch("test_batch.bin");
  std::ofstream names(folder / "batches.meta.txt");
  for (int c = 0; c < 10; ++c) names << "class" << c << '\n';
}

}  // namespace colcomb::tests
