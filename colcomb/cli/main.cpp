#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/field_flags.hpp"
#include "colcomb/cli/version.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// CLI11 would only say that a subcommand is missing.
void require_known_command(const CLI::App& app, const std::string& word) {
  if (word.empty() || word[0] == '-') return;
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == word) return;
    if (!names.empty()) names += ", ";
    names += command->get_name();
  }
  throw colcomb::usage_error("command", word, "must be one of " + names);
}

int run(int argc, char** argv) {
  CLI::App app(
      "colcomb: prunes convolutional networks so that their sparse filter matrices pack into "
      "dense\n"
      "columns (column combining), retrains them, turns them into integers and says what it "
      "gains.");
  app.set_version_flag("--version", colcomb::cli::version_text());
  app.require_subcommand(1);
  // The last of a repeated flag counts, so that a command line can be extended.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(34);
#ifdef COLCOMB_WITH_TORCH
  colcomb::cli::add_run(app);
  colcomb::cli::add_train(app);
  colcomb::cli::add_experiment(app);
#endif
  colcomb::cli::add_pack(app);
  colcomb::cli::add_quantize(app);
  colcomb::cli::add_eval(app);
  colcomb::cli::add_compile(app);
  colcomb::cli::add_simulate(app);
  colcomb::cli::add_cost(app);
  colcomb::cli::add_suggest(app);
  colcomb::cli::add_import(app);
  colcomb::cli::add_export(app);
  colcomb::cli::add_inspect(app);
  require_known_command(app, argc > 1 ? argv[1] : "");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    return status == 0 ? 0 : kUsage;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const colcomb::UserError& error) {
    fmt::print(stderr, "colcomb: {}\n", colcomb::cli::message_with_flags(error));
    return error.kind() == colcomb::UserError::Kind::kUsage ? kUsage : kFailed;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "colcomb: out of memory\n");
  } catch (const colcomb::InternalError& error) {
    fmt::print(stderr, "colcomb: internal error, please report it: {}\n", error.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "colcomb: {}\n", error.what());
  }
  return kFailed;
}
