#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/base/threads.hpp"
#include "colcomb/simulation/exact/probe.hpp"

namespace colcomb::simulation {

/// Tells how many images of a run have all their logits.
class ImageProgress : public Probe {
 public:
  /// `layer`: the classifier's index; `images`: of the run; `progress` must outlive the object.
  ImageProgress(std::size_t layer, std::size_t logits, std::size_t images,
                const ProgressFunction& progress)
      : layer_(layer), missing_(images, logits), progress_(progress) {}

  void value(const ValueWrite& write) override {
    if (write.layer != layer_ || write.pooled || write.image >= missing_.size()) return;
    std::size_t& missing = missing_[write.image];
    if (missing > 0 && --missing == 0) progress_(++done_, missing_.size());
  }

 private:
  std::size_t layer_;
  std::vector<std::size_t> missing_;  // logits, by image
  std::size_t done_ = 0;
  const ProgressFunction& progress_;
};

}  // namespace colcomb::simulation
