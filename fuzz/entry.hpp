#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/files.hpp"

/// What a target defines: libFuzzer's entry, and the files that standalone.cpp begins with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
[[nodiscard]] std::vector<colcomb::Bytes> fuzz_seeds();
