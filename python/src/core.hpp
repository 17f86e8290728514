#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/inference/engine.hpp"

// The extension module colcomb._core: what Python cannot say itself. It calls the library's
// functions and gives arrays, handles and JSON; the package's Python makes dataclasses of them.
namespace colcomb::python {

namespace py = pybind11;

// Each adds one part of the module.
void bind_combining(py::module_& module);
void bind_networks(py::module_& module);
void bind_machines(py::module_& module);
void bind_results(py::module_& module);
void bind_interchange(py::module_& module);
void bind_exploration(py::module_& module);

/// A report's JSON, as the command's --json prints it, and the table for people.
using Report = std::pair<std::string, std::string>;

/// Bytes as they lie in memory, without a cast from another type.
template <class T>
using Array = py::array_t<T, py::array::c_style>;

/// A packed network and, from the first run on, the engine that runs it.
class PackedNetwork {
 public:
  PackedNetwork(QuantizedNetwork network, inference::EngineOptions options)
      : network_(std::make_shared<const QuantizedNetwork>(std::move(network))),
        options_(std::move(options)) {}

  [[nodiscard]] const QuantizedNetwork& network() const { return *network_; }
  /// Logits of whole raw images; calls from several threads take turns. Gives the GIL away.
  void run(std::span<const std::uint8_t> images, std::span<std::int32_t> logits);
  /// The kernel's name.
  [[nodiscard]] std::string kernel();

 private:
  inference::Engine& engine();  // Requires: mutex_ is held.

  std::shared_ptr<const QuantizedNetwork> network_;
  inference::EngineOptions options_;
  std::mutex mutex_;
  std::unique_ptr<inference::Engine> engine_;
};

/// Row-major copy of a two-dimensional array. Requires: two dimensions.
template <class T>
[[nodiscard]] Matrix<T> matrix_of(const Array<T>& array) {
  const auto rows = static_cast<std::size_t>(array.shape(0));
  const auto cols = static_cast<std::size_t>(array.shape(1));
  return Matrix<T>(rows, cols, std::vector<T>(array.data(), array.data() + array.size()));
}

/// An array that takes the values over, without a copy.
template <class T>
[[nodiscard]] py::array array_of(std::vector<T>&& values, std::vector<py::ssize_t> shape) {
  auto owner = std::make_unique<std::vector<T>>(std::move(values));
  const T* const data = owner->data();
  const py::capsule base(owner.release(),
                         [](void* pointer) { delete static_cast<std::vector<T>*>(pointer); });
  return py::array_t<T>(std::move(shape), data, base);
}

/// The same of a matrix, which is copied once.
template <class T>
[[nodiscard]] py::array array_of(const Matrix<T>& matrix) {
  const auto values = matrix.values();
  return array_of(
      std::vector<T>(values.begin(), values.end()),
      {static_cast<py::ssize_t>(matrix.rows()), static_cast<py::ssize_t>(matrix.cols())});
}

/// A read-only view of memory that `owner` keeps alive.
template <class T>
[[nodiscard]] py::array view_of(std::span<const T> values, std::vector<py::ssize_t> shape,
                                const py::handle& owner) {
  py::array_t<T> view(std::move(shape), values.data(), owner);
  py::detail::array_proxy(view.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return view;
}

template <class T>
[[nodiscard]] py::array view_of(const Matrix<T>& matrix, const py::handle& owner) {
  return view_of<T>(
      matrix.values(),
      {static_cast<py::ssize_t>(matrix.rows()), static_cast<py::ssize_t>(matrix.cols())}, owner);
}

/// A caller's progress function for calls that have given the GIL away; null for None. `progress`
/// must outlive it.
[[nodiscard]] ProgressFunction progress_of(const std::optional<py::function>& progress);

/// Copied bytes of raw images. Errors: UserError (option_error naming `field`) unless they are
/// unsigned bytes of N x C x H x W, or one image of C x H x W, of the network's input.
[[nodiscard]] std::vector<std::uint8_t> image_bytes(const py::array& images,
                                                    const InputDescription& input,
                                                    const char* field);

}  // namespace colcomb::python
