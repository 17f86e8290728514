#include <malloc.h>

#include <limits>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::training {

std::string resolve_device(const std::string& name) {
  const bool cuda = torch::cuda::is_available();
  if (name == "auto") return cuda ? "cuda" : "cpu";
  if (name == "cuda" && !cuda)
    throw option_error("device", name, "this machine or LibTorch has no CUDA");
  return name;
}

void prepare_libtorch(std::size_t threads) {
  at::set_num_threads(static_cast<int>(threads > 0 ? threads : available_threads()));
  // Equal runs on a GPU are to give equal numbers, as they do on the CPU.
  at::globalContext().setDeterministicCuDNN(true);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 64 << 20);
}

}  // namespace colcomb::training
