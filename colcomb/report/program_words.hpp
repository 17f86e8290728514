#pragma once

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::report {

/// The same words in text and JSON.
[[nodiscard]] const char* name_of(LayerRole role);
[[nodiscard]] const char* name_of(InputSource source);
[[nodiscard]] const char* name_of(TransferKind kind);

}  // namespace colcomb::report
