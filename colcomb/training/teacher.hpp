#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/training/runner.hpp"

namespace colcomb::training {

/// A trained network whose logits another one learns.
class Teacher {
 public:
  /// Errors: UserError naming the file for one that is no checkpoint, or whose images or classes
  /// are not `pupil`'s.
  Teacher(const std::filesystem::path& checkpoint, const NetworkDescription& pupil,
          const std::string& backend, torch::Device device, std::size_t threads,
          std::shared_ptr<const DeviceImageCache> image_cache = nullptr);

  /// In evaluation mode, B x classes.
  [[nodiscard]] torch::Tensor logits(const dataset::Batch& batch) { return runner_->infer(batch); }

 private:
  std::unique_ptr<Runner> runner_;
};

}  // namespace colcomb::training
