#include "colcomb/page/figures/figures.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <map>

#include "colcomb/page/documents.hpp"
#include "colcomb/page/figures/svg.hpp"
#include "colcomb/page/words.hpp"
#include "tests/support/page_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::page {
namespace {

std::map<std::string, std::string> all_figures() {
  const tests::TemporaryFolder folder;
  tests::write_page_run(tests::page_network(), folder.path());
  std::map<std::string, std::string> all;
  for (Figure& figure : figures(document_of(folder.path(), "1.2.3")))
    all[figure.name] = std::move(figure.content);
  return all;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++found;
  return found;
}

TEST(Figures, OfARun) {
  const auto all = all_figures();
  for (const char* name : {"accuracy.svg", "nonzeros.svg", "utilization.svg", "comparison.svg",
                           "clocks.svg", "bytes.svg", "energy.svg", "machine.svg", "tiles.svg",
                           "matrix-00-layer0-before.svg", "matrix-00-layer0-after.png"})
    EXPECT_TRUE(all.contains(name)) << name;
  EXPECT_EQ(count(all.at("accuracy.svg"), "<circle"), 4U);
  EXPECT_EQ(count(all.at("accuracy.svg"), "stroke-dasharray"), 2U);
  EXPECT_NE(all.at("accuracy.svg").find("epoch 4: 80"), std::string::npos);
  for (const auto& [name, content] : all) {
    if (!name.ends_with(".svg")) continue;
    EXPECT_EQ(content.find("<script"), std::string::npos) << name;
    EXPECT_EQ(count(content, "<svg"), 1U) << name;
    EXPECT_EQ(count(content, "<text"), count(content, "</text>")) << name;
  }
  EXPECT_NE(all.at("clocks.svg").find("&lt;script&gt;"), std::string::npos);
}

// Read back by libpng.
TEST(Figures, PngIsThePixels) {
  Matrix<std::uint32_t> pixels(2, 3,
                               std::vector<std::uint32_t>{0xff0000, 0x00ff00, 0x0000ff,  //
                                                          0x123456, 0x000000, 0xffffff});
  const std::string file = png(pixels);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_memory(&image, file.data(), file.size()), 0);
  image.format = PNG_FORMAT_RGB;
  ASSERT_EQ(image.width, 3U);
  ASSERT_EQ(image.height, 2U);
  std::vector<std::uint8_t> bytes(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr), 0);
  for (std::size_t i = 0; i < 6; ++i) {
    const std::uint32_t pixel = static_cast<std::uint32_t>(bytes[3 * i]) << 16U |
                                static_cast<std::uint32_t>(bytes[3 * i + 1]) << 8U |
                                bytes[3 * i + 2];
    EXPECT_EQ(pixel, pixels.values()[i]) << i;
  }
}

TEST(Figures, NumbersAndEnergies) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(-1234), "-1,234");
  EXPECT_EQ(number_text(1234567), "1,234,567");
  EXPECT_EQ(number_text(0.8123), "0.812");
  EXPECT_EQ(energy_text(61.9e6, 64.7e6), "61.9 to 64.7 µJ");
  EXPECT_EQ(energy_text(900, 1000), "0.9 to 1 nJ");
  EXPECT_EQ(energy_text(12, 12), "12 pJ");
}

TEST(Figures, TextsAreEscaped) {
  EXPECT_EQ(escaped("<a href=\"x\">&\n"), "&lt;a href=&quot;x&quot;&gt;&amp; ");
  EXPECT_EQ(file_stem("../a b/<c>.svg"), "..-a-b--c-.svg");
}

// 0 to 100 in steps of 20; 86 to 91 in ones.
TEST(Figures, AxesHaveRoundTicks) {
  EXPECT_EQ(Axis(3, 95, 0, 100, true).ticks(), (std::vector<double>{0, 20, 40, 60, 80, 100}));
  EXPECT_EQ(Axis(86, 90.8, 0, 100, false).ticks(), (std::vector<double>{86, 87, 88, 89, 90, 91}));
  EXPECT_DOUBLE_EQ(Axis(0, 10, 50, 150, true).at(5), 100);
}

}  // namespace
}  // namespace colcomb::page
