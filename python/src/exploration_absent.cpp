#include "colcomb/base/error.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {

void bind_exploration(py::module_& module) {
  for (const char* const name : {"explore", "read_points", "front"}) {
    module.def(name, [](const py::args&, const py::kwargs&) {
      throw failure("exploration", "is left out of this build (COLCOMB_WITH_EXPLORATION)");
    });
  }
}

}  // namespace colcomb::python
