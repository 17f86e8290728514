#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/entry.hpp"
#include "fuzz/mutation.hpp"
#include "fuzz/seeds.hpp"
#include "fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As it is, and past the checksum. The copy is aligned, as files are.
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  colcomb::Bytes content(bytes, bytes + size);
  (void)colcomb::fuzzing::try_checkpoint(content);
  colcomb::fuzzing::seal(content);
  (void)colcomb::fuzzing::try_checkpoint(content);
  return 0;
}

std::vector<colcomb::Bytes> fuzz_seeds() {
  return colcomb::fuzzing::checkpoint_seeds();
}
