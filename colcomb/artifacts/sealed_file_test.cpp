#include "colcomb/artifacts/sealed_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/support/corruption.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::TemporaryFolder;

// "123456789", whose CRC-32 is the published check value cbf43926.
constexpr std::array<std::uint8_t, 9> kPayload = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};

const tests::Loader kLoadSealed = [](const std::filesystem::path& path) {
  (void)SealedFile(FileKind::kCheckpoint, path);
};

/// A sealed checkpoint of kPayload with one byte replaced.
std::string refusal_with(const TemporaryFolder& folder, std::size_t at, unsigned value) {
  save_sealed(FileKind::kCheckpoint, kPayload, folder / "s");
  Bytes content = read_file(folder / "s");
  content[at] = static_cast<std::byte>(value);
  tests::write_quickly(folder / "s", content);
  return tests::refusal(kLoadSealed, folder / "s");
}

TEST(SealedFile, HeaderIsAsDocumented) {
  const TemporaryFolder folder;
  save_sealed(FileKind::kCheckpoint, kPayload, folder / "s");
  std::string expected("COLCOMB\0CKPT\x04\0\0\0\x09\0\0\0\0\0\0\0\x26\x39\xf4\xcb\0\0\0\0", 32);
  EXPECT_EQ(read_text_file(folder / "s"), expected + "123456789");
  const SealedFile file(FileKind::kCheckpoint, folder / "s");
  EXPECT_TRUE(std::ranges::equal(file.payload(), kPayload));
  save_sealed(FileKind::kPackedNetwork, {}, folder / "s");
  EXPECT_EQ(read_text_file(folder / "s").substr(8, 4), "PNET");
  EXPECT_TRUE(SealedFile(FileKind::kPackedNetwork, folder / "s").payload().empty());
}

TEST(SealedFile, ErrorsTellWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_THAT(tests::refusal(kLoadSealed, folder / "none"), HasSubstr("cannot be opened"));
  EXPECT_THAT(refusal_with(folder, 0, 'X'), HasSubstr("is not a colcomb file"));
  EXPECT_THAT(refusal_with(folder, 8, 'X'), HasSubstr("kind is"));
  EXPECT_THAT(refusal_with(folder, 12, 8),
              HasSubstr("version is '8': must be 4 to 7: use a newer colcomb"));
  for (const unsigned older : {0U, 1U, 2U, 3U}) {
    EXPECT_THAT(refusal_with(folder, 12, older), HasSubstr("version is '" + std::to_string(older) +
                                                           "': must be 4 to 7: make the file"));
  }
  EXPECT_THAT(refusal_with(folder, 16, 10), HasSubstr("is truncated: the header promises 10"));
  EXPECT_THAT(refusal_with(folder, 16, 8), HasSubstr("is too long: the header promises 8"));
  EXPECT_THAT(refusal_with(folder, 28, 1), HasSubstr("reserved"));
  EXPECT_THAT(refusal_with(folder, 40, '8'), HasSubstr("checksum"));
  EXPECT_THAT(refusal_with(folder, 40, '8'), HasSubstr("must be cbf43926"));
}

TEST(SealedFile, AnotherKindIsNamedWithTheWayToGetThisOne) {
  const TemporaryFolder folder;
  save_sealed(FileKind::kPackedNetwork, kPayload, folder / "p");
  EXPECT_THAT(tests::refusal(kLoadSealed, folder / "p"),
              HasSubstr("is a packed network; a checkpoint is expected"));
  save_sealed(FileKind::kCheckpoint, kPayload, folder / "c");
  EXPECT_THAT(
      tests::refusal([](const auto& path) { (void)SealedFile(FileKind::kPackedNetwork, path); },
                     folder / "c"),
      HasSubstr("is a checkpoint; a packed network is expected; make one with `colcomb "
                "quantize`"));
  EXPECT_THAT(
      tests::refusal([](const auto& path) { (void)SealedFile(FileKind::kTileProgram, path); },
                     folder / "p"),
      HasSubstr("is a packed network; a tile program is expected; make one with `colcomb "
                "compile`"));
  save_sealed(FileKind::kTileProgram, kPayload, folder / "t");
  EXPECT_THAT(tests::refusal(kLoadSealed, folder / "t"),
              HasSubstr("is a tile program; a checkpoint is expected"));
}

TEST(SealedFile, TheKindIsInTheHeaderAlone) {
  const TemporaryFolder folder;
  for (const FileKind kind :
       {FileKind::kCheckpoint, FileKind::kPackedNetwork, FileKind::kTileProgram}) {
    save_sealed(kind, kPayload, folder / "s");
    EXPECT_EQ(kind_of_file(folder / "s"), kind);
  }
  EXPECT_EQ(read_text_file(folder / "s").substr(8, 4), "PROG");
}

}  // namespace
}  // namespace colcomb
