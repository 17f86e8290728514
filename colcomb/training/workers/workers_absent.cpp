// In place of gloo_workers.cpp where COLCOMB_WITH_WORKERS is OFF.
#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

std::unique_ptr<Workers> connect_workers(const WorkerPlace& place, std::chrono::seconds) {
  throw failure(fmt::format("worker {} of {}", place.rank, place.size),
                "this build of colcomb trains in one process alone (COLCOMB_WITH_WORKERS is OFF): "
                "start one process, or use a build with Gloo");
}

}  // namespace colcomb::training
