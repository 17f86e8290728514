#pragma once

#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/machine_parameters.hpp"

namespace colcomb::rtl {

/// What travels between the machine's modules, and the records of its program memories, field by
/// field: docs/reference/rtl-machine.md says what each holds.
struct Bundles {
  /// `rings`: lines read planes that are rings of pixels (docs/reference/rtl-pipeline.md).
  explicit Bundles(const MachineParameters& parameters, bool rings = false);

  // Tokens of a word, and what comes with a weight load.
  Bundle column;
  Bundle row;
  Bundle result;
  Bundle load;
  // Records of the controller's memories.
  Bundle load_record;
  Bundle tile_record;
  Bundle layer_record;
  // Records of the DRAM channel's memories.
  Bundle read_record;
  Bundle write_record;
  // Descriptors; of lines and writes a memory's word has one per port, the lowest port's lowest.
  Bundle line_descriptor;
  Bundle row_descriptor;
  Bundle keep_descriptor;
  Bundle write_descriptor;
};

}  // namespace colcomb::rtl
