#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "colcomb/training/worker_place.hpp"

namespace colcomb::training {

/// The processes that train one network together, seen from one of them. Every worker must make the
/// same calls in the same order with spans of the same size; a call returns once all have made it.
/// For a fixed number of workers the sums are the same, bit for bit, in every run and every worker.
/// Errors of all calls: UserError if the connection to a worker is lost or one stays away for
/// longer than the timeout.
class Workers {
 public:
  Workers() = default;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  virtual ~Workers() = default;

  [[nodiscard]] virtual const WorkerPlace& place() const = 0;
  /// Leaves the sum over all workers in every worker's span.
  virtual void sum(std::span<float> values) = 0;
  virtual void sum(std::span<double> values) = 0;
  /// Leaves worker 0's bytes in every worker's span.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
  /// Returns once every worker has called it.
  virtual void barrier() = 0;

  [[nodiscard]] std::size_t rank() const { return place().rank; }
  [[nodiscard]] std::size_t size() const { return place().size; }
  /// Whether this worker writes the files and prints.
  [[nodiscard]] bool leads() const { return rank() == 0; }
};

/// The only worker there is: nothing is sent, sums are the values themselves.
[[nodiscard]] std::unique_ptr<Workers> lone_worker();

/// Connects this process with the others by LibTorch's c10d and Gloo, over TCP: all meet at the
/// place's address, where worker 0 listens. Other traffic uses the network interface that leads to
/// that address, or the one that GLOO_SOCKET_IFNAME names.
/// Errors: UserError if they do not all meet within `timeout`, which also bounds every later wait.
[[nodiscard]] std::unique_ptr<Workers> connect_workers(const WorkerPlace& place,
                                                       std::chrono::seconds timeout);

}  // namespace colcomb::training
