#include "colcomb/artifacts/tile_program.hpp"

#include "colcomb/artifacts/printable.hpp"
#include "colcomb/artifacts/require.hpp"
#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {

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
