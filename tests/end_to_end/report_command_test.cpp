// `colcomb report` on the worked example and on folders that are not right.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

class ReportCommand : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return "'" + (folder_ / name).string() + "'";
  }
  void refused(const std::string& flags, int status, const std::string& says) const {
    const CommandResult result = colcomb("report " + flags);
    EXPECT_EQ(result.status, status) << result.output;
    EXPECT_NE(result.output.find(says), std::string::npos) << result.output;
  }

  TemporaryFolder folder_;
};

TEST_F(ReportCommand, TheLessonAsJsonTextAndPage) {
  const CommandResult json = colcomb("report --lesson --json");
  ASSERT_EQ(json.status, 0) << json.output;
  EXPECT_EQ(nlohmann::json::parse(json.output)["kind"], "lesson");
  const CommandResult text = colcomb("report --lesson --text");
  EXPECT_NE(text.output.find("how column combining runs on an array"), std::string::npos);
  const CommandResult page = colcomb("report --lesson --out " + path("lesson.html"));
#ifdef COLCOMB_WITH_PAGE
  ASSERT_EQ(page.status, 0) << page.output;
  const std::string html = read_text_file(folder_ / "lesson.html");
  EXPECT_LT(html.size(), 2'000'000U);
  EXPECT_EQ(html.find("@document@"), std::string::npos);
#else
  EXPECT_EQ(page.status, 1);
  EXPECT_NE(page.output.find("COLCOMB_WITH_PAGE"), std::string::npos) << page.output;
#endif
}

TEST_F(ReportCommand, AnExplorationAndItsFigures) {
  Random random(11);
  save_packed_network(random_quantized_network(random), folder_ / "net.packed");
  write_file_atomically(folder_ / "sweep.toml",
                        std::string_view("schema = 1\nnetwork = \"net.packed\"\narray = "
                                         "\"16x16\"\n[vary]\n\"array.rows\" = [4, 8, 16]\n"));
  ASSERT_EQ(colcomb("explore --spec " + path("sweep.toml") + " --out " + path("sweep")).status, 0);
  const CommandResult result =
      colcomb("report " + path("sweep") + " --json --figures " + path("figures"));
  ASSERT_EQ(result.status, 0) << result.output;
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["points"]["rows"].size(), 3U);
  EXPECT_EQ(json["points"]["plots"][0]["x"], "array_cells");
  EXPECT_NE(read_text_file(folder_ / "figures/interval-array_cells.svg").find("<svg"),
            std::string::npos);
}

TEST_F(ReportCommand, FiguresAsPngByRsvgConvert) {
  Random random(11);
  save_packed_network(random_quantized_network(random), folder_ / "net.packed");
  write_file_atomically(folder_ / "sweep.toml",
                        std::string_view("schema = 1\nnetwork = \"net.packed\"\narray = "
                                         "\"16x16\"\n[vary]\n\"array.rows\" = [4, 8]\n"));
  ASSERT_EQ(colcomb("explore --spec " + path("sweep.toml") + " --out " + path("sweep")).status, 0);
  const std::string flags = path("sweep") + " --png --figures " + path("figures");
  if (run_command("command -v rsvg-convert").status != 0)
    return refused(flags, 1, "needs the program rsvg-convert");
  const CommandResult result = colcomb("report " + flags);
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_EQ(read_text_file(folder_ / "figures/interval-array_cells.png").substr(1, 3), "PNG");
}

TEST_F(ReportCommand, SaysWhatIsWrong) {
  refused("", 2, "folder");
  refused("--lesson " + path("."), 2, "--lesson");
  refused("--lesson --png", 2, "--figures");
  refused(path("none"), 1, "is not a folder of a run, exploration or experiment");
  refused(path("."), 1, "is not the folder of a finished run: it has no report.json");
  write_file_atomically(folder_ / "report.json", std::string_view("{"));
  refused(path("."), 1, "report.json: does not hold a JSON object");
}

}  // namespace
}  // namespace colcomb::tests
