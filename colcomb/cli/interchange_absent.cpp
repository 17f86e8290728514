// In place of import.cpp and export.cpp where COLCOMB_WITH_ONNX is OFF: the commands say so.
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"

namespace colcomb::cli {
namespace {

void add_absent(CLI::App& app, const std::string& name) {
  CLI::App* command = app.add_subcommand(name, "Not in this build, which was made without ONNX");
  command->allow_extras();
  command->callback([name] {
    throw usage_error("command", name,
                      "is not in this build of colcomb (COLCOMB_WITH_ONNX is OFF): use a build "
                      "with ONNX");
  });
}

}  // namespace

void add_import(CLI::App& app) {
  add_absent(app, "import");
}

void add_export(CLI::App& app) {
  add_absent(app, "export");
}

}  // namespace colcomb::cli
