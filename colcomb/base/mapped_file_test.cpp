#include "colcomb/base/mapped_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;

std::string text_of(const MappedFile& file) {
  const auto content = file.content();
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

TEST(MappedFile, HoldsTheFilesBytes) {
  const tests::TemporaryFolder folder;
  const std::string text(10'000, 'x');  // more than a page, no multiple of one
  write_file_atomically(folder / "f", text);
  EXPECT_EQ(text_of(MappedFile(folder / "f")), text);
  write_file_atomically(folder / "empty", std::string_view());
  EXPECT_TRUE(MappedFile(folder / "empty").content().empty());
}

TEST(MappedFile, KeepsTheContentOfAReplacedFile) {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "f", std::string_view("old"));
  MappedFile file(folder / "f");
  write_file_atomically(folder / "f", std::string_view("newer"));
  EXPECT_EQ(text_of(file), "old");
  MappedFile moved = std::move(file);
  EXPECT_EQ(text_of(moved), "old");
  moved = MappedFile(folder / "f");
  EXPECT_EQ(text_of(moved), "newer");
}

TEST(MappedFile, NamesWhatCannotBeMapped) {
  const tests::TemporaryFolder folder;
  const auto refusal = [](const std::filesystem::path& path) -> std::string {
    try {
      const MappedFile file(path);
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().where, path.string());
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal(folder / "none"), HasSubstr("cannot be opened"));
  EXPECT_THAT(refusal(folder.path()), HasSubstr("is a folder"));
  EXPECT_THAT(refusal("/dev/null"), HasSubstr("must be a regular file"));
}

}  // namespace
}  // namespace colcomb
