#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/base/matrix.hpp"
#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// A figure of a document as a file: SVG, or of matrices PNG too.
struct Figure {
  std::string name;     // of the file, e.g. "clocks.svg"
  std::string content;  // SVG, or PNG's bytes
};

/// All figures of a document, in the order of the page. Needs no browser.
[[nodiscard]] std::vector<Figure> figures(const Document& document);

/// Writes them below a folder, which is made. Errors: UserError naming the file.
void write_figures(const Document& document, const std::filesystem::path& folder);

// Parts of figures().
void add_training_figures(const Json& epochs, std::vector<Figure>& figures);
void add_comparison_figure(const Json& comparison, std::vector<Figure>& figures);
/// Stacked bars of "clocks", "bytes" or "energy".
void add_stack_figure(const std::string& name, const Json& stack, std::vector<Figure>& figures);
void add_machine_figure(const Json& machine, std::vector<Figure>& figures);
void add_matrix_figures(const Document& document, std::vector<Figure>& figures);
void add_tile_figure(const Json& tiles, std::vector<Figure>& figures);
void add_curve_figures(const Json& curves, std::vector<Figure>& figures);
void add_plot_figures(const Json& points, std::vector<Figure>& figures);

/// What a file's name may hold of a label: letters, digits, ".", "-" and "_".
[[nodiscard]] std::string file_stem(const std::string& label);

/// Pixels 0xRRGGBB as a PNG file, 8 bits a channel.
[[nodiscard]] std::string png(const Matrix<std::uint32_t>& pixels);

}  // namespace colcomb::page
