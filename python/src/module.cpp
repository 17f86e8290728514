#include "colcomb/base/error.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/cost/technology.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/evaluation/calibration.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {
namespace {

/// A UserError becomes colcomb.UserError with the same parts.
void raise_user_error(const UserError& error) {
  const UserError::Parts& parts = error.parts();
  const py::object type = py::module_::import("colcomb.errors").attr("UserError");
  const py::object instance = type.attr("of_parts")(
      parts.where, parts.field, parts.value, parts.rule, error.kind() == UserError::Kind::kUsage);
  PyErr_SetObject(type.ptr(), instance.ptr());
}

}  // namespace
}  // namespace colcomb::python

PYBIND11_MODULE(_core, module) {
  using namespace colcomb;
  using namespace colcomb::python;
  module.doc() = "The parts of colcomb that are C++.";
  module.attr("version") = COLCOMB_VERSION;
  module.attr("parts") = COLCOMB_PARTS;
  module.attr("left_out") = COLCOMB_LEFT_OUT;
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const UserError& error) {
      raise_user_error(error);
    }
  });
  module.attr("calibration_images") = evaluation::kCalibrationImages;
  module.def("technology_names", [] { return cost::technology_names(); });
  module.def("dataset_names", [] { return dataset::dataset_names(); });
  module.def("policy_names", [] { return combining::policy_names(); });
  bind_combining(module);
  bind_networks(module);
  bind_machines(module);
  bind_results(module);
  bind_interchange(module);
  bind_exploration(module);
}
