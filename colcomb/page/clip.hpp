#pragma once

#include <string>

#include "colcomb/artifacts/cell_recording.hpp"
#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// A recording as the document's "clip"; its cells and inputs become bytes. `image`: what went in,
/// in words.
void add_recording(const CellRecording& recording, const std::string& image, Document& document);

}  // namespace colcomb::page
