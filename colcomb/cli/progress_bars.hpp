#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "colcomb/base/progress.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"

namespace colcomb::cli {

/// The bar of the work that is going on: a new title begins a new one.
class ProgressBars {
 public:
  /// `done` of `total` images of what `title` names.
  void update(const std::string& title, std::size_t done, std::size_t total);
  /// Removes the bar, so that the caller can print a line of its own.
  void finish() { progress_.reset(); }

 private:
  std::string title_;
  std::unique_ptr<Progress> progress_;
};

/// Shows the bar of one evaluation on stderr.
[[nodiscard]] evaluation::ProgressObserver progress_bar(const std::string& title);

}  // namespace colcomb::cli
