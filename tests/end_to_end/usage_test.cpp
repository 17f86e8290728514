// Wrong requests: a clear message, exit status 2 (usage) or 1 (failed), nothing lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "colcomb/base/files.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

void expect_refused(const std::string& arguments, int status, const std::string& said) {
  const CommandResult result = colcomb(arguments);
  EXPECT_EQ(result.status, status) << arguments << '\n' << result.output;
  EXPECT_NE(result.output.find(said), std::string::npos) << arguments << '\n' << result.output;
}

TEST(Usage, HelpAndVersionSucceed) {
  EXPECT_EQ(colcomb("--help").status, 0);
  const CommandResult version = colcomb("--version");
  EXPECT_EQ(version.status, 0);
  EXPECT_NE(version.output.find("with "), std::string::npos);  // the optional parts
  EXPECT_NE(version.output.find("ONNX"), std::string::npos);
  for (const char* command :
       {"pack", "quantize", "compile", "eval", "export", "inspect", "import", "simulate", "cost",
        "rtl", "explore", "report", "suggest", "doctor"}) {
    const CommandResult help = colcomb(std::string(command) + " --help");
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_NE(help.output.find("--"), std::string::npos) << command;
    for (const char c : help.output)
      ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << command << ": " << static_cast<int>(c);
    EXPECT_EQ(help.output.find("ENUM"), std::string::npos) << command;
  }
}

TEST(Usage, TheVersionAsJson) {
  const CommandResult result = colcomb("--version --json");
  EXPECT_EQ(result.status, 0);
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["version"].get<std::string>() + "\n",
            colcomb("--version").output.substr(0, json["version"].get<std::string>().size() + 1));
  const auto parts = json["parts"].get<std::vector<std::string>>();
  EXPECT_THAT(parts, ::testing::Contains("ONNX (import, export)"));
  EXPECT_TRUE(json["left_out"].is_array());
}

TEST(Usage, ParseOnlyRunsNothing) {
  const CommandResult good = colcomb("--parse-only simulate /missing.packed --engine both");
  EXPECT_EQ(good.status, 0) << good.output;
  EXPECT_EQ(good.output, "");
  expect_refused("--parse-only simulate /missing.packed --engine slow", 2, "--engine");
  expect_refused("--parse-only simulate /missing.packed --baseline", 2, "--baselines");
  expect_refused("--parse-only simulat /missing.packed", 2, "simulate");
#ifdef COLCOMB_WITH_TORCH
  EXPECT_EQ(colcomb("--parse-only experiment all --out /missing/folder").status, 0);
  expect_refused("--parse-only experiment everything --out /missing/folder", 2, "everything");
  expect_refused("--parse-only train --epochs many --save-path net.ckpt", 2, "--epochs");
#endif
}

TEST(Usage, AloneItSaysWhatToDoNext) {
  const CommandResult result = colcomb("");
  EXPECT_EQ(result.status, 0);
  for (const char* step : {"colcomb import", "colcomb simulate", "colcomb report", "--help"})
    EXPECT_NE(result.output.find(step), std::string::npos) << step << '\n' << result.output;
#ifdef COLCOMB_WITH_TORCH
  constexpr bool kTrains = true;
#else
  constexpr bool kTrains = false;
#endif
  EXPECT_EQ(result.output.find("colcomb run") != std::string::npos, kTrains) << result.output;
}

TEST(Usage, TheNearestNameIsSuggested) {
  expect_refused("simulat x", 2, "did you mean simulate?");
  expect_refused("simulate --imags 3 x", 2,
                 "--imags: is no flag of colcomb simulate; did you mean --images?");
  expect_refused("simulate --frobnicate=3 x", 2,
                 "--frobnicate: is no flag of colcomb simulate, whose --help lists them");
  expect_refused("pack x.npy --policy pairwize", 2, "did you mean pairwise?");
}

TEST(Usage, TheDoctorSaysWhatIsFound) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "yosys", std::string_view("#!/bin/sh\n"));
  std::filesystem::permissions(folder / "yosys", std::filesystem::perms::owner_all);
  write_file_atomically(folder / "verilator", std::string_view("not a program"));
  const std::string path = "PATH='" + folder.path().string() + "' ";
  const std::string command = std::string("'") + COLCOMB_COMMAND + "' doctor";
  const CommandResult text = run_command(path + command);
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.output.find("apt-get install"), std::string::npos) << text.output;
  const auto json = nlohmann::json::parse(run_command(path + command + " --json").output);
  EXPECT_GE(json["processor"]["threads"], 1);
  EXPECT_FALSE(json["processor"]["inference_kernels"].empty());
  for (const auto& program : json["programs"]) {
    const auto name = program["name"].get<std::string>();
    EXPECT_EQ(program["path"].is_null(), name != "yosys") << program;
    EXPECT_EQ(
        text.output.find(program["package"].get<std::string>() + " ") == std::string::npos &&
            text.output.find(program["package"].get<std::string>() + "\n") == std::string::npos,
        false)
        << program;
  }
}

TEST(Usage, MistakesAreNamed) {
  expect_refused("--json", 2, "subcommand");
  expect_refused("fly", 2, "fly");
  expect_refused("pack", 2, "input");
  expect_refused("pack x.npy --alpah 8", 2, "--alpah");
  expect_refused("pack x.npy --alpha many", 2, "--alpha");
  expect_refused("inspect /no/such/file", 1, "/no/such/file");
  expect_refused("eval /no/such/file", 1, "/no/such/file");
  expect_refused("export /no/such/file --onnx x", 1, "/no/such/file");
  expect_refused("export /no/such/file", 2, "--onnx");
  expect_refused("export x --onnx y --qdq --float", 2, "--qdq");
  expect_refused("quantize /no/such/file --out x", 1, "/no/such/file");
  expect_refused("inspect /etc/hostname", 1, "is not a colcomb file");
}

#ifdef COLCOMB_WITH_TORCH
TEST(Usage, AnUnknownExperimentIsToldTheList) {
  expect_refused("experiment asik --out x", 2, "must be one of frontier, limited-data, asic");
}

TEST(Usage, CommandsThatDoNotTrainStartWithoutLibTorch) {
  // The dynamic linker's list of libraries.
  const std::string list = "LD_TRACE_LOADED_OBJECTS=1 ";
  const std::string command = std::string("'") + COLCOMB_COMMAND + "'";
  const std::string light = run_command(list + command + " inspect").output;
  EXPECT_NE(light.find("libfmt"), std::string::npos) << light;
  EXPECT_EQ(light.find("libtorch"), std::string::npos) << light;
  const std::filesystem::path training =
      std::filesystem::path(COLCOMB_COMMAND).parent_path() / "colcomb-training";
  EXPECT_NE(run_command(list + "'" + training.string() + "'").output.find("libtorch"),
            std::string::npos);
  EXPECT_NE(colcomb("train --help").output.find("--save-path"), std::string::npos);
}

TEST(Usage, AnInstallationWithoutTheTrainingProgramSaysSo) {
  const TemporaryFolder folder;
  std::filesystem::copy(COLCOMB_COMMAND, folder / "colcomb");
  for (const char* arguments : {"train --help", "run", "experiment frontier"}) {
    const CommandResult result =
        run_command(fmt::format("'{}' {}", (folder / "colcomb").string(), arguments));
    EXPECT_EQ(result.status, 1) << result.output;
    EXPECT_NE(result.output.find("colcomb-training"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("No such file"), std::string::npos) << result.output;
  }
  EXPECT_EQ(run_command(fmt::format("'{}' --help", (folder / "colcomb").string())).status, 0);
}

TEST(Usage, TrainingMistakesAreNamed) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 20);
  const std::string train = tiny_training(folder / "data", folder / "net.ckpt");
  expect_refused("train", 2, "--save-path");
  expect_refused(train + " --gamma -1", 2, "--gamma");
  expect_refused(train + " --groups 0 8", 2, "--groups");
  expect_refused(train + " --groups 65 8", 2, "--groups");
  expect_refused(train + " --groups 8", 2, "--groups");
  expect_refused(train + " --policy fastest", 2, "fastest");
  expect_refused(train + " --schedule iterative", 2, "--rho");
  expect_refused(train + " --aug maybe", 2, "--aug");
  expect_refused(train + " --recipe worst", 2, "--recipe");
  expect_refused(train + " --label-smoothing 1", 2, "--label-smoothing");
  expect_refused(train + " --warm-up 99", 2, "--warm-up");
  expect_refused(train + " --qat-epochs 99", 2, "--qat-epochs");
  expect_refused(train + " --weights int4", 2, "--weights");
  expect_refused(train + " --keep-combined", 2, "--keep-combined");
  expect_refused(train + " --precision half", 2, "--precision");
  expect_refused(train + " --teacher /no/such/file", 1, "/no/such/file");
  expect_refused(train + " --n-class 11", 2, "--n-class");
  expect_refused(train + " --dataset imagenot", 2, "imagenot");
  expect_refused(train + " --sample-ratio 0", 2, "ratio");
  expect_refused(train + " --save-path /proc/nowhere/net.ckpt", 2, "--save-path");
  expect_refused(train + " --dataset-root /no/such/folder", 1, "/no/such/folder");
  EXPECT_FALSE(std::filesystem::exists(folder / "net.ckpt"));
}

TEST(Usage, AFailedWriteLosesNothing) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 20);
  const std::string train = tiny_training(folder / "data", folder / "net.ckpt") + " --epochs 1";
  ASSERT_EQ(colcomb(train).status, 0);
  const std::string before = run_command("cksum '" + (folder / "net.ckpt").string() + "'").output;
  // A limit on file size refuses the write half-way, as a full disk does.
  const CommandResult result = run_command(
      "trap '' XFSZ; ulimit -f 8; '" + std::string(COLCOMB_COMMAND) + "' " + train + " --force");
  EXPECT_EQ(result.status, 1) << result.output;
  EXPECT_NE(result.output.find("net.ckpt: cannot be written"), std::string::npos) << result.output;
  EXPECT_EQ(run_command("cksum '" + (folder / "net.ckpt").string() + "'").output, before);
  EXPECT_EQ(run_command("ls '" + folder.path().string() + "' | grep -c tmp").output, "0\n");
}

TEST(Usage, AnEarlierResultIsNotOverwritten) {
  const TemporaryFolder folder;
  write_tiny_cifar(folder / "data", 20);
  const std::string train = tiny_training(folder / "data", folder / "net.ckpt") + " --epochs 1";
  ASSERT_EQ(colcomb(train).status, 0);
  expect_refused(train, 2, "--resume");
  expect_refused(train + " --resume --gamma 0.5", 2, "--gamma");
  EXPECT_EQ(colcomb(train + " --resume").status, 0);
}
#endif

}  // namespace
}  // namespace colcomb::tests
