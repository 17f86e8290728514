#include "colcomb/base/files.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <csignal>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/base/gzip.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

namespace fs = std::filesystem;
using tests::TemporaryFolder;

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, WritesAndReadsBack) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a", std::string_view("first"));
  write_file_atomically(folder / "a", std::string_view("second"));
  EXPECT_EQ(read_text_file(folder / "a"), "second");
  EXPECT_EQ(entries(folder.path()), 1U);
}

TEST(Files, FailedWriteLeavesOldFileAndNoTemporary) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_file_atomically(folder / "missing" / "a", std::string_view("x")), UserError);
  fs::create_directory(folder / "target");
  EXPECT_THROW(write_file_atomically(folder / "target", std::string_view("x")), UserError);
  EXPECT_EQ(entries(folder.path()), 1U);
}

/// While it lives, files cannot grow beyond `bytes`: writes fail half-way, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(Files, WriteThatFailsHalfWayLeavesTheOldFile) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a", std::string_view("old"));
  {
    const FileSizeLimit limit(100);
    EXPECT_THROW(write_file_atomically(folder / "a", std::string(1000, 'x')), UserError);
  }
  EXPECT_EQ(read_text_file(folder / "a"), "old");
  EXPECT_EQ(entries(folder.path()), 1U);
}

TEST(Files, MissingFileIsNamed) {
  try {
    (void)read_file("/no/such/file");
    FAIL() << "read a missing file";
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "/no/such/file");
  }
}

TEST(Files, RequireWritableMakesFoldersAndLeavesNoFile) {
  const TemporaryFolder folder;
  require_writable(folder / "x" / "y" / "file", "--save-path");
  EXPECT_TRUE(fs::is_directory(folder / "x" / "y"));
  EXPECT_EQ(entries(folder / "x" / "y"), 0U);
  try {
    require_writable(folder / "x", "--save-path");
    FAIL() << "a folder was taken as a file";
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
    EXPECT_EQ(error.parts().field, "--save-path");
  }
}

void write_gzipped(const fs::path& path, std::string_view content) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(gzwrite(file, content.data(), static_cast<unsigned>(content.size())),
            static_cast<int>(content.size()));
  ASSERT_EQ(gzclose(file), Z_OK);
}

TEST(Gzip, ReadsPlainAndCompressed) {
  const TemporaryFolder folder;
  const std::string text(100'000, 'x');
  write_gzipped(folder / "a.gz", text);
  write_file_atomically(folder / "a", std::string_view(text));
  EXPECT_EQ(read_maybe_gzipped(folder / "a.gz"), read_file(folder / "a"));
  EXPECT_EQ(read_maybe_gzipped(folder / "a").size(), text.size());
}

TEST(Gzip, EveryTruncationAndFlippedByteIsAnErrorOrTheSameContent) {
  const TemporaryFolder folder;
  const std::string text = "column combining packs sparse filter matrices";
  write_gzipped(folder / "a.gz", text);
  const Bytes whole = read_file(folder / "a.gz");
  for (std::size_t size = 2; size < whole.size(); ++size) {
    write_file_atomically(folder / "cut", std::span(whole).first(size));
    EXPECT_THROW((void)read_maybe_gzipped(folder / "cut"), UserError) << size << " bytes";
  }
  const Bytes plain = read_maybe_gzipped(folder / "a.gz");
  for (std::size_t i = 2; i < whole.size(); ++i) {
    Bytes flipped = whole;
    flipped[i] ^= std::byte{0x10};
    write_file_atomically(folder / "flipped", flipped);
    try {
      EXPECT_EQ(read_maybe_gzipped(folder / "flipped"), plain) << "byte " << i;
    } catch (const UserError&) {
    }
  }
}

}  // namespace
}  // namespace colcomb
