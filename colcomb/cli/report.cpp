#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/svg_to_png.hpp"
#include "colcomb/cli/version.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/figures/figures.hpp"
#include "colcomb/page/html.hpp"
#include "colcomb/page/text.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct ReportFlags {
  std::vector<fs::path> folders;
  bool lesson = false;
  std::optional<fs::path> out;
  std::optional<fs::path> figures;
  bool png = false;
  bool text = false;
  bool json = false;

  /// Where the page goes if it is wanted: with --out, or where nothing else was asked for.
  [[nodiscard]] std::optional<fs::path> page() const {
    if (out) return out;
    if (figures || text || json) return std::nullopt;
    if (lesson) return "lesson.html";
    return folders.size() == 1 ? folders.front() / "report.html" : fs::path("comparison.html");
  }
};

page::Document document_of(const ReportFlags& flags) {
  if (flags.lesson) {
    if (!flags.folders.empty())
      throw usage_error("--lesson", "", "shows the worked example, of no folder");
    return page::lesson(version_number());
  }
  if (flags.folders.empty())
    throw usage_error("folder", "", "is required: of a run, an exploration or an experiment");
  if (flags.folders.size() > 1) return page::comparison_of(flags.folders, version_number());
  return page::document_of(flags.folders.front(), version_number());
}

void run(const ReportFlags& flags) {
  const auto to = flags.page();
  if (flags.out) require_writable(*flags.out, "--out");
  const page::Document document = document_of(flags);
  if (flags.text) fmt::print("{}", page::text(document));
  if (flags.json) fmt::print("{}\n", document.json.dump(2));
  if (flags.figures) page::write_figures(document, *flags.figures);
  if (flags.png) add_png_files(*flags.figures);
  if (!to) return;
  const std::string html = page::html(document);
  write_file_atomically(*to, std::string_view(html));
  if (!flags.json && !flags.text)
    fmt::print("{} ({} KB) opens in a browser, without network\n", to->string(),
               (html.size() + 999) / 1000);
}

}  // namespace

void add_report(CLI::App& app) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App* command = app.add_subcommand(
      "report",
      "Make one HTML page of a run, an exploration or an experiment, or of several runs beside "
      "each other");
  command->add_option("folder", flags->folders,
                      "Folder of colcomb run, explore or experiment; several: runs to compare");
  command->add_flag("--lesson", flags->lesson,
                    "Instead: the array clock by clock on the documentation's worked example");
  command->add_option("--out", flags->out,
                      "The page's file [FOLDER/report.html; of several comparison.html]");
  CLI::Option* figures = command->add_option(
      "--figures", flags->figures, "Write each figure into this folder: SVG, of matrices PNG too");
  command
      ->add_flag("--png", flags->png,
                 "With --figures: all of them as PNG too, by the program rsvg-convert")
      ->needs(figures);
  command->add_flag("--text", flags->text, "Print tables and sentences for a terminal");
  command->add_flag("--json", flags->json,
                    "Print the page's document (docs/reference/page.md) as JSON");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
