#include "colcomb/base/error.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/figures/figures.hpp"
#include "colcomb/page/html.hpp"
#include "colcomb/page/text.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {
namespace {

std::shared_ptr<page::Document> read_folders(const std::vector<std::filesystem::path>& folders) {
  if (folders.empty())
    throw option_error("folders", "none", "must be of a run, an exploration or an experiment");
  const py::gil_scoped_release release;
  return std::make_shared<page::Document>(
      folders.size() > 1 ? page::comparison_of(folders, COLCOMB_VERSION)
                         : page::document_of(folders.front(), COLCOMB_VERSION));
}

}  // namespace

void bind_results(py::module_& module) {
  using page::Document;
  py::class_<Document, std::shared_ptr<Document>>(module, "Document")
      .def_static("of_folders", &read_folders)
      .def_static("lesson",
                  [] {
                    const py::gil_scoped_release release;
                    return std::make_shared<Document>(page::lesson(COLCOMB_VERSION));
                  })
      .def("json", [](const Document& self) { return self.json.dump(); })
      .def("text", [](const Document& self) { return page::text(self); })
      .def("html",
           [](const Document& self) {
             const py::gil_scoped_release release;
             return page::html(self);
           })
      .def("write_figures", [](const Document& self, const std::filesystem::path& folder) {
        const py::gil_scoped_release release;
        page::write_figures(self, folder);
      });
}

}  // namespace colcomb::python
