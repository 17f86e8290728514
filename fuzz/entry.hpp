#pragma once

#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"

/// libFuzzer's entry, for the target that this program is compiled for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
[[nodiscard]] const colcomb::fuzzing::Target& fuzz_target();
