#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int run(int argc, char** argv) {
  CLI::App app(
      "colcomb: prunes convolutional networks so that their sparse filter matrices pack into "
      "dense\n"
      "columns (column combining), retrains them, turns them into integers and says what it "
      "gains.");
  app.set_version_flag("--version", COLCOMB_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
#ifdef COLCOMB_WITH_TORCH
  colcomb::cli::add_run(app);
  colcomb::cli::add_train(app);
#endif
  colcomb::cli::add_pack(app);
  colcomb::cli::add_quantize(app);
  colcomb::cli::add_eval(app);
  colcomb::cli::add_inspect(app);
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
    fmt::print(stderr, "colcomb: {}\n", error.what());
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
