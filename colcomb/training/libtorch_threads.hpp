#pragma once

#include <torch/torch.h>

namespace colcomb::training {

/// Sets LibTorch's number of threads for the life of this object. Beside the native backend it is
/// 1: LibTorch has only small operations to do there, after each of which its threads would spin
/// for a while on the processors that the backend's threads need.
class LibtorchThreads {
 public:
  explicit LibtorchThreads(std::size_t threads) : before_(torch::get_num_threads()) {
    torch::set_num_threads(static_cast<int>(threads));
  }
  LibtorchThreads(const LibtorchThreads&) = delete;
  LibtorchThreads& operator=(const LibtorchThreads&) = delete;
  ~LibtorchThreads() { torch::set_num_threads(before_); }

 private:
  int before_;
};

}  // namespace colcomb::training
