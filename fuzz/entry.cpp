// Compiled once a target, with its name as COLCOMB_FUZZ_TARGET_NAME.
#include "fuzz/entry.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

using colcomb::fuzzing::Form;
using colcomb::fuzzing::Target;

const Target& fuzz_target() {
  static const Target& found = []() -> const Target& {
    const auto& all = colcomb::fuzzing::targets();
    const auto at = std::ranges::find(all, COLCOMB_FUZZ_TARGET_NAME, &Target::name);
    COLCOMB_CHECK(at != all.end(), "no such fuzz target");
    return *at;
  }();
  return found;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The copy is aligned, as files are.
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  colcomb::Bytes content(bytes, bytes + size);
  (void)fuzz_target().attempt(content);
  if (fuzz_target().form == Form::kContainer) {  // and past the checksum
    colcomb::fuzzing::seal(content);
    (void)fuzz_target().attempt(content);
  }
  return 0;
}
