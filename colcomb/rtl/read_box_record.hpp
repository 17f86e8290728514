#pragma once

#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/machine_parameters.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::rtl {

/// The record of sa_read_box (docs/reference/rtl-pipeline.md, "Boxes").
[[nodiscard]] Bundle read_box_bundle(const MachineParameters& parameters);
[[nodiscard]] Bits read_box_record(const tiling::ReadBox& box, const MachineParameters& parameters);

}  // namespace colcomb::rtl
