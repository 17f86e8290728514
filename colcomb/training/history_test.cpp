#include "colcomb/training/history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "colcomb/base/files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::training {
namespace {

EpochRecord record_without_validation() {
  EpochRecord record;
  record.epoch = 3;
  record.train_loss = 0.5;
  record.validation_loss = record.validation_top1 = std::numeric_limits<double>::quiet_NaN();
  record.test_top1 = 0.75;
  record.nonzeros = 10036;
  return record;
}

TEST(History, JsonLineHasEveryFigureAndNullForNone) {
  const auto json = nlohmann::json::parse(to_json_line(record_without_validation()));
  EXPECT_EQ(json["epoch"], 3);
  EXPECT_EQ(json["test_top1"], 0.75);
  EXPECT_EQ(json["nonzeros"], 10036);
  EXPECT_TRUE(json["validation_top1"].is_null());
  EXPECT_TRUE(json.contains("regrouped_columns"));
}

TEST(History, CsvHasAHeaderAndALinePerEpoch) {
  const std::string csv = to_csv({record_without_validation(), record_without_validation()});
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_EQ(csv.substr(0, 6), "epoch,");
  EXPECT_NE(csv.find("\n3,0,0.5,,,0,0.75,0,10036,"), std::string::npos) << csv;
}

TEST(History, FilesStandBesideTheCheckpoint) {
  const tests::TemporaryFolder folder;
  write_history({record_without_validation()}, folder / "cifar10-cc.pth");
  EXPECT_EQ(read_text_file(folder / "cifar10-cc.history.csv"),
            to_csv({record_without_validation()}));
  EXPECT_EQ(read_text_file(folder / "cifar10-cc.history.jsonl"),
            to_json_line(record_without_validation()) + "\n");
  EXPECT_EQ(read_text_file(folder / "cifar10-cc.tensorboard" / "events.out.tfevents.colcomb"),
            to_events({record_without_validation()}));
}

}  // namespace
}  // namespace colcomb::training
