#pragma once

#include <torch/torch.h>

namespace colcomb::training {

/// LibTorch's number of threads for the life of this object.
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
