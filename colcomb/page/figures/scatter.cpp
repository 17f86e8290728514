// Curves of experiments and plots of explorations.
#include <fmt/format.h>

#include <algorithm>

#include "colcomb/page/figures/figures.hpp"
#include "colcomb/page/figures/svg.hpp"
#include "colcomb/page/words.hpp"

namespace colcomb::page {
namespace {

struct Mark {
  double x = 0;
  double y = 0;
  bool paper = false;
  std::string says;
};

struct Series {
  std::string name;
  std::vector<Mark> marks;
  bool line = true;
};

Figure scatter_figure(const std::string& name, const std::string& title, const std::string& x_label,
                      const std::string& y_label, const std::vector<Series>& all) {
  double left = 1e300, right = -1e300, bottom = 1e300, top = -1e300;
  for (const Series& series : all) {
    for (const Mark& mark : series.marks) {
      left = std::min(left, mark.x);
      right = std::max(right, mark.x);
      bottom = std::min(bottom, mark.y);
      top = std::max(top, mark.y);
    }
  }
  const Axis x(left, right, 76, 690, false);
  const Axis y(bottom, top, 350, 50, false);
  Svg svg(720, 420, title, fmt::format("{} against {}", y_label, x_label));
  svg.text(12, 22, title, "start", 14, "#111");
  svg.text(12, 42, y_label);
  for (const double tick : y.ticks()) {
    svg.line(76, y.at(tick), 690, y.at(tick), "#e4e4e4");
    svg.text(70, y.at(tick) + 4, number_text(tick), "end");
  }
  for (const double tick : x.ticks()) {
    svg.line(x.at(tick), 50, x.at(tick), 350, "#e4e4e4");
    svg.text(x.at(tick), 368, number_text(tick), "middle");
  }
  svg.text(383, 388, x_label, "middle");
  double legend = 76;
  for (std::size_t s = 0; s < all.size(); ++s) {
    std::vector<std::pair<double, double>> line;
    for (const Mark& mark : all[s].marks) line.emplace_back(x.at(mark.x), y.at(mark.y));
    std::ranges::sort(line);
    if (all[s].line && line.size() > 1) svg.path(line, colour(s));
    for (const Mark& mark : all[s].marks) {
      if (mark.paper) svg.circle(x.at(mark.x), y.at(mark.y), 8, "#111", "the paper's setting");
      svg.circle(x.at(mark.x), y.at(mark.y), 4, colour(s), mark.says);
    }
    svg.circle(legend, 406, 4, colour(s));
    svg.text(legend + 8, 410, all[s].name);
    legend += 30 + 7.0 * static_cast<double>(all[s].name.size());
  }
  return {name, svg.finish()};
}

}  // namespace

void add_curve_figures(const Json& curves, std::vector<Figure>& figures) {
  for (const Json& curve : curves) {
    const double scale = curve["y"]["format"] == "percent" ? 100 : 1;
    std::vector<Series> all;
    for (const Json& series : curve["series"]) {
      Series& one = all.emplace_back();
      one.name = series["name"].get<std::string>();
      one.line = series.value("line", true);
      for (const Json& point : series["points"])
        one.marks.push_back({point["x"].get<double>(), scale * point["y"].get<double>(),
                             point.value("paper", false), point.value("label", "")});
    }
    const std::string title = curve["title"].get<std::string>();
    figures.push_back(
        scatter_figure(file_stem(title) + ".svg", title, curve["x"]["label"].get<std::string>(),
                       curve["y"]["label"].get<std::string>() + (scale == 100 ? ", %" : ""), all));
  }
}

void add_plot_figures(const Json& points, std::vector<Figure>& figures) {
  for (const Json& plot : points["plots"]) {
    const std::string x = plot["x"].get<std::string>();
    const std::string y = plot["y"].get<std::string>();
    Series all{"points", {}, false};
    Series front{"Pareto front", {}, true};
    const auto mark = [&](const Json& index) {
      const Json& row = points["rows"][index.get<std::size_t>()];
      return Mark{row["results"][x].get<double>(), row["results"][y].get<double>(),
                  row["paper"].get<bool>(), "point " + row["index"].dump()};
    };
    for (const Json& index : plot["points"]) all.marks.push_back(mark(index));
    for (const Json& index : plot["front"]) front.marks.push_back(mark(index));
    figures.push_back(
        scatter_figure(file_stem(y + "-" + x) + ".svg", y + " against " + x, x, y, {all, front}));
  }
}

}  // namespace colcomb::page
