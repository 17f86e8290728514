#include "colcomb/cli/first_steps.hpp"

#include <fmt/format.h>

#include "colcomb/cli/training_program.hpp"
#include "colcomb/cli/version.hpp"

namespace colcomb::cli {

void print_first_steps() {
  fmt::print(
      "colcomb {}: prunes convolutional networks, packs their sparse filter matrices into dense\n"
      "columns for a systolic array, and says what that gains.\n\n",
      version_number());
  if (TrainingProgram::has("run")) {
    fmt::print(
        "  colcomb run --out my-run                     train, combine, quantize and simulate on\n"
        "                                               Fashion-MNIST; ends with a page to look "
        "at\n");
  }
  fmt::print(
      "  colcomb import MODEL.onnx --dry-run          your own model: what of it can be imported\n"
      "  colcomb import MODEL.onnx --out net.ckpt     do it\n"
      "  colcomb pack net.ckpt --out packed.ckpt      combine its columns\n"
      "  colcomb quantize packed.ckpt --out net.packed\n"
      "  colcomb simulate net.packed                  where its clocks go on a 32 x 32 array\n"
      "  colcomb report --lesson                      the array clock by clock, to learn from\n\n"
      "colcomb --help lists all commands, colcomb COMMAND --help the flags of one, colcomb doctor\n"
      "what this build can do here.\n");
}

}  // namespace colcomb::cli
