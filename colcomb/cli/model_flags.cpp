#include "colcomb/cli/model_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace colcomb::cli {

CLI::Option* add_model_flags(CLI::App& command, models::PresetOptions& options) {
  CLI::Option* const model = command.add_option(
      "--model", options.name,
      fmt::format("A network in place of one described in blocks: a description file, "
                  "FILE.toml, or a published one: {}",
                  fmt::join(models::preset_summaries(), "; ")));
  command
      .add_option(
          "--width", options.width,
          "With a published network: factor of all channels, rounded to multiples of 4, e.g. "
          "0.25")
      ->needs(model)
      ->capture_default_str();
  command
      .add_option("--alpha", options.alpha,
                  "With --model: most columns in a group, 1 to 64, of all layers but the first and "
                  "the last, and but those to which a file gives their own")
      ->needs(model)
      ->capture_default_str();
  return model;
}

}  // namespace colcomb::cli
