#include "colcomb/stages/run_record.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "colcomb/base/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::stages {
namespace {

TEST(RunRecord, EqualRunsPassAndOthersAreNamed) {
  const tests::TemporaryFolder folder;
  const std::filesystem::path file = folder / "experiment.json";
  RunIdentity run;
  run.add("data.name", "a \"b\"\n\\");
  run.add("seed", "18446744073709551615");
  write_run_record(run, file);
  require_recorded_run(run, file);
  run.fields[1].value = std::string(1, '1');
  try {
    require_recorded_run(run, file);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
    EXPECT_EQ(error.parts().field, "seed");
    EXPECT_EQ(error.parts().value, "1");
    EXPECT_NE(error.parts().rule.find("18446744073709551615"), std::string::npos);
  }
}

TEST(RunRecord, RefusesAFileThatIsNone) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "experiment.json") << "[1, 2";
  EXPECT_THROW(require_recorded_run({}, folder / "experiment.json"), UserError);
}

}  // namespace
}  // namespace colcomb::stages
