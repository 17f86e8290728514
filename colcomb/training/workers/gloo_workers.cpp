#include <fmt/format.h>
#include <torch/torch.h>

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "colcomb/base/error.hpp"
#include "colcomb/training/workers/local_address.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {
namespace {

std::string first_line(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

template <class T>
torch::Tensor tensor_over(std::span<T> values, torch::ScalarType type) {
  return torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, type);
}

class GlooWorkers final : public Workers {
 public:
  GlooWorkers(const WorkerPlace& place, std::chrono::seconds timeout) : place_(place) {
    c10d::TCPStoreOptions meeting;
    meeting.port = place.port;
    meeting.isServer = place.rank == 0;
    meeting.numWorkers = place.size;
    meeting.timeout = timeout;
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    const auto interface = environment_variable("GLOO_SOCKET_IFNAME");
    options->devices.push_back(
        interface ? c10d::ProcessGroupGloo::createDeviceForInterface(*interface)
                  : c10d::ProcessGroupGloo::createDeviceForHostname(
                        address_towards(place.address)));
    const auto store = c10::make_intrusive<c10d::TCPStore>(place.address, meeting);
    group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store, static_cast<int>(place.rank),
                                                         static_cast<int>(place.size), options);
  }

  [[nodiscard]] const WorkerPlace& place() const override { return place_; }

  void sum(std::span<float> values) override { all_reduce(tensor_over(values, torch::kFloat)); }
  void sum(std::span<double> values) override { all_reduce(tensor_over(values, torch::kDouble)); }

  void broadcast(std::span<std::byte> bytes) override {
    if (bytes.empty()) return;
    std::vector<torch::Tensor> tensors = {tensor_over(bytes, torch::kUInt8)};
    await([&] { return group_->broadcast(tensors); });
  }

  void barrier() override {
    await([&] { return group_->barrier(); });
  }

 private:
  void all_reduce(torch::Tensor values) {
    if (values.numel() == 0) return;
    std::vector<torch::Tensor> tensors = {std::move(values)};
    await([&] { return group_->allreduce(tensors); });
  }

  template <class Start>
  void await(Start start) {
    try {
      start()->wait();
    } catch (const std::exception& error) {
      throw failure(fmt::format("worker {} of {}", place_.rank, place_.size),
                    fmt::format("the connection to a worker was lost ({}); a checkpoint already "
                                "written is intact, and --resume goes on from it",
                                first_line(error)));
    }
  }

  WorkerPlace place_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
};

}  // namespace

std::unique_ptr<Workers> connect_workers(const WorkerPlace& place, std::chrono::seconds timeout) {
  try {
    return std::make_unique<GlooWorkers>(place, timeout);
  } catch (const UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw failure(fmt::format("worker {} of {}", place.rank, place.size),
                  fmt::format("the workers did not all meet at MASTER_ADDR {}, MASTER_PORT {} "
                              "within {} s (--worker-timeout): {}",
                              place.address, place.port, timeout.count(), first_line(error)));
  }
}

}  // namespace colcomb::training
