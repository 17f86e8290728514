#include "colcomb/artifacts/tile_program.hpp"

#include "colcomb/artifacts/printable.hpp"
#include "colcomb/artifacts/require.hpp"
#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {

bool is_kept(const TileProgram& program, std::size_t layer) {
  for (std::size_t reader = layer + 1; reader < program.layers.size(); ++reader) {
    if (program.schedule.input_in_dram[reader] != 0) continue;
    const LayerSetup& setup = program.layers[reader];
    for (std::size_t i = 0; i < setup.input_count(); ++i) {
      if (setup.input(reader, i).source == layer) return true;
    }
  }
  return false;
}

void validate(const TileProgram& program, const std::string& where) {
  require_printable(program.array.name, where, "array name");
  validate(program.array, where);
  require(!program.array.cross_layer, where, "schedule.cross_layer", "true",
          "must be false: with it every layer has an array of its own");
  validate_layers(program, where);
  validate_memory(program, where);
  validate_tiles(program, where);
  validate_addresses(program, where);
  validate_transfers(program, where);
  validate_weights(program, where);
}

}  // namespace colcomb
