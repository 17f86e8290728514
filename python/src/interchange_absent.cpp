#include "colcomb/base/error.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {

void bind_interchange(py::module_& module) {
  for (const char* const name : {"inspect_onnx", "import_onnx", "export_onnx"}) {
    module.def(name, [](const py::args&, const py::kwargs&) {
      throw failure("ONNX", "is left out of this build (COLCOMB_WITH_ONNX)");
    });
  }
}

}  // namespace colcomb::python
