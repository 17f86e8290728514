#include "colcomb/page/figures/figures.hpp"

#include "colcomb/base/files.hpp"

namespace colcomb::page {

std::vector<Figure> figures(const Document& document) {
  std::vector<Figure> all;
  const Json& json = document.json;
  if (json.contains("epochs")) add_training_figures(json["epochs"], all);
  if (json.contains("comparison")) add_comparison_figure(json["comparison"], all);
  for (const char* name : {"clocks", "bytes", "energy"}) {
    if (json.contains(name)) add_stack_figure(name, json[name], all);
  }
  if (json.contains("machine")) add_machine_figure(json["machine"], all);
  if (json.contains("matrices")) add_matrix_figures(document, all);
  if (json.contains("tiles")) add_tile_figure(json["tiles"], all);
  if (json.contains("curves")) add_curve_figures(json["curves"], all);
  if (json.contains("tables")) {
    for (const Json& table : json["tables"]) {
      if (table.contains("figure"))
        all.push_back(
            {table["name"].get<std::string>() + ".svg", table["figure"].get<std::string>()});
    }
  }
  if (json.contains("points")) add_plot_figures(json["points"], all);
  return all;
}

void write_figures(const Document& document, const std::filesystem::path& folder) {
  for (const Figure& figure : figures(document)) {
    require_writable(folder / figure.name, "figures");
    write_file_atomically(folder / figure.name, std::string_view(figure.content));
  }
}

}  // namespace colcomb::page
