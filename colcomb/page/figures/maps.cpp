// Matrices, tiles and the machine.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "colcomb/page/figures/figures.hpp"
#include "colcomb/page/figures/svg.hpp"
#include "colcomb/page/html.hpp"
#include "colcomb/page/words.hpp"

namespace colcomb::page {
namespace {

constexpr std::uint32_t kEmpty = 0xf4f4f4;

std::uint32_t rgb(std::string_view hex) {
  return static_cast<std::uint32_t>(std::stoul(std::string(hex.substr(1)), nullptr, 16));
}

std::uint32_t blend(std::uint32_t from, std::uint32_t to, double share) {
  std::uint32_t result = 0;
  for (const unsigned shift : {16U, 8U, 0U}) {
    const double a = from >> shift & 255U;
    const double b = to >> shift & 255U;
    result |= static_cast<std::uint32_t>(a + (b - a) * share) << shift;
  }
  return result;
}

/// A weight's colour: its group's, fainter the smaller it is.
std::uint32_t cell_colour(int weight, std::size_t group) {
  if (weight == 0) return kEmpty;
  return blend(kEmpty, rgb(colour(group)), 0.45 + 0.55 * std::min(1.0, std::abs(weight) / 64.0));
}

void add_matrix(const std::string& name, const std::string& title,
                const Matrix<std::uint32_t>& pixels, std::vector<Figure>& figures) {
  if (pixels.rows() == 0 || pixels.cols() == 0) return;
  const double scale =
      std::min(8.0, 640.0 / static_cast<double>(std::max(pixels.cols(), pixels.rows())));
  const double width = scale * static_cast<double>(pixels.cols());
  const double height = scale * static_cast<double>(pixels.rows());
  const std::string image = png(pixels);
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(image.data()),
                                            image.size());
  Svg svg(std::max(width + 24, 420.0), height + 48, title,
          fmt::format("{} rows, {} columns", pixels.rows(), pixels.cols()));
  svg.text(12, 22, title, "start", 14, "#111");
  svg.image(12, 36, width, height, base64(bytes));
  figures.push_back({name + ".svg", svg.finish()});
  figures.push_back({name + ".png", image});
}

}  // namespace

std::string file_stem(const std::string& label) {
  std::string stem;
  for (const char c : label) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    stem += plain ? c : '-';
  }
  return stem;
}

void add_matrix_figures(const Document& document, std::vector<Figure>& figures) {
  std::size_t index = 0;
  for (const Json& matrix : document.json["matrices"]) {
    const std::string layer = matrix["name"].get<std::string>();
    const std::string stem = fmt::format("matrix-{:02}-{}", index++, file_stem(layer));
    if (!matrix.contains("values")) continue;
    const auto rows = matrix["rows"].get<std::size_t>();
    const Json& groups = matrix["groups"];
    Matrix<std::uint32_t> before(rows, matrix["columns"].get<std::size_t>(), kEmpty);
    Matrix<std::uint32_t> after(rows, groups.size(), kEmpty);
    const auto at = [&](const char* name, std::size_t i) {
      return document.bytes[matrix[name]["offset"].get<std::size_t>() + i];
    };
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t group = 0; group < groups.size(); ++group) {
        const std::size_t i = row * groups.size() + group;
        const int weight = static_cast<std::int8_t>(at("values", i));
        if (weight == 0) continue;
        after(row, group) = cell_colour(weight, group);
        before(row, groups[group][at("selects", i)].get<std::size_t>()) =
            cell_colour(weight, group);
      }
    }
    add_matrix(stem + "-before", layer + ", filter matrix", before, figures);
    add_matrix(stem + "-after", layer + ", packed", after, figures);
  }
}

void add_tile_figure(const Json& tiles, std::vector<Figure>& figures) {
  double y = 44;
  double right = 300;
  struct Square {
    double x, y;
    const Json* tile;
    std::string layer;
  };
  std::vector<Square> squares;
  std::vector<std::pair<double, std::string>> names;
  for (const Json& layer : tiles["layers"]) {
    std::map<std::pair<std::size_t, std::size_t>, const Json*> places;
    double rows = 1;
    for (const Json& tile : layer["tiles"]) {
      const auto row = tile["row"].get<std::size_t>();
      places.try_emplace({row, tile["column"].get<std::size_t>()}, &tile);
      rows = std::max(rows, static_cast<double>(row + 1));
    }
    names.emplace_back(y + 16, layer["name"].get<std::string>());
    for (const auto& [place, tile] : places) {
      const double x = 160 + 26 * static_cast<double>(place.second);
      squares.push_back({x, y + 26 * static_cast<double>(place.first), tile, names.back().second});
      right = std::max(right, x + 40);
    }
    y += 26 * rows + 10;
  }
  Svg svg(right, y + 6, "utilization of each tile", "a square per tile of the array, rows down");
  svg.text(12, 22,
           fmt::format("utilization of each {} x {} tile", tiles["rows"].dump(),
                       tiles["columns"].dump()),
           "start", 14, "#111");
  for (const auto& [at, name] : names) svg.text(150, at, name, "end");
  for (const Square& square : squares) {
    const double share = (*square.tile)["utilization"].get<double>();
    svg.rect(square.x, square.y, 24, 24,
             fmt::format("#{:06x}", blend(kEmpty, rgb(colour(0)), share)),
             fmt::format("{}, tile {}: {:.1f} % of the cells hold a weight", square.layer,
                         (*square.tile)["tile"].dump(), 100 * share));
  }
  figures.push_back({"tiles.svg", svg.finish()});
}

void add_machine_figure(const Json& machine, std::vector<Figure>& figures) {
  double bottom = 0;
  for (const Json& block : machine["blocks"])
    bottom = std::max(bottom, block["box"][1].get<double>() + block["box"][3].get<double>());
  Svg svg(1040, bottom + 52, "the machine: sizes and traffic",
          fmt::format("of {} images", machine["images"].dump()));
  svg.text(12, 22, "the machine: sizes and traffic", "start", 14, "#111");
  constexpr double kDown = 36;
  const auto x = [](const Json& point) { return point[0].get<double>(); };
  const auto y = [](const Json& point) { return kDown + point[1].get<double>(); };
  for (const Json& flow : machine["flows"]) {
    const Json& points = flow["points"];
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
      svg.line(x(points[i]), y(points[i]), x(points[i + 1]), y(points[i + 1]), "#7c828c", 1.5);
    svg.circle(x(points.back()), y(points.back()), 3.5, "#7c828c");
    if (!flow.contains("label")) continue;
    const std::string counter = flow["counter"].get<std::string>();
    svg.text(x(flow["label"]), y(flow["label"]),
             number_text(flow["count"].get<double>()) + " " +
                 machine["counters"][counter]["unit"].get<std::string>(),
             "middle", 11);
  }
  for (const Json& block : machine["blocks"]) {
    const Json& box = block["box"];
    const double width = box[2].get<double>();
    const double height = box[3].get<double>();
    svg.rect(x(box), y(box), width, height, "#e8eef5");
    const double middle = y(box) + height / 2;
    const bool three = block.contains("note");
    const double up = three ? 10 : 0;
    svg.text(x(box) + width / 2, middle - 4 - up, block["label"].get<std::string>(), "middle", 13,
             "#111");
    svg.text(x(box) + width / 2, middle + 14 - up, block["size"].get<std::string>(), "middle", 11);
    if (three)
      svg.text(x(box) + width / 2, middle + 22, block["note"].get<std::string>(), "middle", 11);
  }
  figures.push_back({"machine.svg", svg.finish()});
}

}  // namespace colcomb::page
