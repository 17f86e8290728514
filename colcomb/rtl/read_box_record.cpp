#include "colcomb/rtl/read_box_record.hpp"

namespace colcomb::rtl {

Bundle read_box_bundle(const MachineParameters& p) {
  return Bundle({{"height", p.CoordBits},
                 {"width", p.CoordBits},
                 {"stride", p.CoordBits},
                 {"least_dy", p.CoordBits},
                 {"most_dy", p.CoordBits},
                 {"least_dx", p.CoordBits},
                 {"most_dx", p.CoordBits},
                 {"pixels", p.CounterBits},
                 {"last_row", p.CounterBits},
                 {"row_step", p.CounterBits},
                 {"least_begin", p.CounterBits},
                 {"most_begin", p.CounterBits}});
}

Bits read_box_record(const tiling::ReadBox& box, const MachineParameters& parameters) {
  const Bundle bundle = read_box_bundle(parameters);
  const auto width = static_cast<std::int64_t>(box.width);
  const auto pixels = static_cast<std::int64_t>(box.pixels());
  Values values(bundle);
  values.set("height", box.height);
  values.set("width", box.width);
  values.set_modulo("stride", static_cast<std::int64_t>(box.stride));  // as in the layer record
  values.set_modulo("least_dy", box.least_dy);
  values.set_modulo("most_dy", box.most_dy);
  values.set_modulo("least_dx", box.least_dx);
  values.set_modulo("most_dx", box.most_dx);
  values.set_modulo("pixels", pixels);
  values.set_modulo("last_row", pixels - width);
  values.set_modulo("row_step", static_cast<std::int64_t>(box.stride) * width);
  values.set_modulo("least_begin", box.least_dy * width);
  values.set_modulo("most_begin", box.most_dy * width);
  return values.bits();
}

}  // namespace colcomb::rtl
