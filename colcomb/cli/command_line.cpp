#include "colcomb/cli/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"
#include "colcomb/cli/description.hpp"
#include "colcomb/cli/field_flags.hpp"
#include "colcomb/cli/version.hpp"

namespace colcomb::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

std::string& command_text() {
  static std::string text;
  return text;
}

std::string quoted(const std::string& word) {
  constexpr const char* kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_./,:=@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// CLI11 would only say that a subcommand is missing.
void require_known_command(const CLI::App& app, const std::string& word, const char* what) {
  if (word.empty() || word[0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == word) return;
    names.push_back(command->get_name());
  }
  throw usage_error(what, word, must_be_one_of(word, names));
}

/// CLI11 would only list what it did not expect.
void refuse_unknown_flag(const CLI::App& app) {
  const CLI::App* command = &app;
  std::string name = app.get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().back();
    name += ' ' + command->get_name();
  }
  for (const std::string& word : app.remaining(true)) {
    const std::string flag = word.substr(0, word.find('='));
    if (!flag.starts_with("--") || flag.size() < 3) continue;
    std::vector<std::string> flags;
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& known : option->get_lnames()) flags.push_back("--" + known);
    }
    const auto nearest = nearest_name(flag, flags);
    throw usage_error(
        flag, "",
        "is no flag of " + name +
            (nearest ? "; did you mean " + *nearest + "?" : ", whose --help lists them"));
  }
}

int parse_and_run(int argc, char** argv, const std::function<void(CLI::App& app)>& add,
                  const std::function<void(const std::string& command)>& before) {
  CLI::App app(
      "colcomb: prunes convolutional networks so that their sparse filter matrices pack into "
      "dense\n"
      "columns (column combining), retrains them, turns them into integers and says what it "
      "gains.",
      "colcomb");
  const bool json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
  app.set_version_flag(
      "--version", json ? version_json().dump(2) : version_text(),
      "Print the version and the optional parts of this build, with --json as JSON");
  app.add_flag("--json")->group("");
  app.require_subcommand(1);
  // The last of a repeated flag counts, so that a command line can be extended.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(34);
  add(app);
  const bool parse_only = argc > 1 && argv[1] == std::string_view("--parse-only");
  if (parse_only) {  // for tests/docs: the rest of the line must be one that a command accepts
    // Called before any command's own callback.
    app.parse_complete_callback([] { throw CLI::Success(); });
    ++argv;
    --argc;
  }
  const std::string word = argc > 1 ? argv[1] : "";
  if (word == "--description") {  // for manual/
    fmt::print("{}\n", description_of(app).dump(2));
    return 0;
  }
  require_known_command(app, word, "command");
  if (before) before(word);
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == word && command->get_require_subcommand_min() > 0 && argc > 2)
      require_known_command(*command, argv[2], word.c_str());
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    refuse_unknown_flag(app);
    (void)app.exit(error, std::cout, std::cerr);
    return kUsage;
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    return status == 0 ? 0 : kUsage;
  }
  return 0;
}

}  // namespace

const std::string& given_command() {
  return command_text();
}

int run_command_line(int argc, char** argv, const std::function<void(CLI::App& app)>& add,
                     const std::function<void(const std::string& command)>& before) {
  command_text() = "colcomb";
  for (int i = 1; i < argc; ++i) command_text() += ' ' + quoted(argv[i]);
  try {
    return parse_and_run(argc, argv, add, before);
  } catch (const UserError& error) {
    fmt::print(stderr, "colcomb: {}\n", message_with_flags(error));
    return error.kind() == UserError::Kind::kUsage ? kUsage : kFailed;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "colcomb: out of memory\n");
  } catch (const InternalError& error) {
    fmt::print(stderr, "colcomb: internal error, please report it: {}\n", error.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "colcomb: {}\n", error.what());
  }
  return kFailed;
}

}  // namespace colcomb::cli
