#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {
namespace {

class SingleProcess final : public Workers {
 public:
  [[nodiscard]] const WorkerPlace& place() const override { return place_; }
  void sum(std::span<float>) override {}
  void sum(std::span<double>) override {}
  void broadcast(std::span<std::byte>) override {}
  void barrier() override {}

 private:
  WorkerPlace place_;
};

}  // namespace

std::unique_ptr<Workers> single_process() {
  return std::make_unique<SingleProcess>();
}

}  // namespace colcomb::training
