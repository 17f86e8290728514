#pragma once

#include <string>

#include "colcomb/page/document.hpp"
#include "colcomb/page/run_folder.hpp"

namespace colcomb::page {

// Each makes one part of a run's document (docs/reference/page.md), or leaves it away where the run
// lacks what it shows.

/// What was gained and at what accuracy, in a sentence each.
[[nodiscard]] Json headline(const RunFolder& run);
/// The key figures, each {"label", "value", "format", "note"}.
[[nodiscard]] Json summary(const RunFolder& run);
void add_epochs(const RunFolder& run, Document& document);
/// The settings beside each other: clocks and energy.
void add_comparison(const RunFolder& run, Document& document);
/// Clocks and bytes by layer: terms with their sentences, rows of values.
void add_clocks(const RunFolder& run, Document& document);
void add_bytes(const RunFolder& run, Document& document);
void add_energy(const RunFolder& run, Document& document);
/// Sizes and traffic of the machine's blocks.
void add_machine(const RunFolder& run, Document& document);
/// The "blocks", "flows" and "sentence" of a cross-layer pipelined machine.
[[nodiscard]] Json pipeline_machine(const RunFolder& run);
/// The table of the layers with the sentences of allocation and advice.
void add_layers(const RunFolder& run, Document& document);
void add_tiles(const RunFolder& run, Document& document);
/// A part of the network on a small array of the same cells, clock by clock.
void add_clip(const RunFolder& run, Document& document);
void add_provenance(const RunFolder& run, Document& document);

/// The formula of a part of the energy; empty for a part that has none.
[[nodiscard]] std::string energy_formula(const std::string& part);

}  // namespace colcomb::page
