#pragma once

#include <string>

#include "colcomb/artifacts/timeline.hpp"

namespace colcomb::report {

/// The timeline in Chrome's trace-event JSON, which Perfetto (ui.perfetto.dev) opens: a complete
/// event per slice, timestamps in microseconds of the machine's clock; its details, and its first
/// and last clock, are the event's arguments.
[[nodiscard]] std::string timeline_json(const Timeline& timeline);

}  // namespace colcomb::report
