#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "colcomb/training/workers/worker_place.hpp"

namespace colcomb::training {

/// The processes that train one network together, as one of them sees them. Every call is
/// collective: all workers make the same calls in the same order with spans of the same size, and a
/// call returns once all have made it. For a fixed number of workers the sums are equal, bit for
/// bit, in every run and on every worker. Errors of all calls: UserError if the connection to a
/// worker is lost or a worker does not make the call within the timeout.
class Workers {
 public:
  Workers() = default;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  virtual ~Workers() = default;

  /// Which worker this is.
  [[nodiscard]] virtual const WorkerPlace& place() const = 0;
  /// All-reduce: replaces each worker's values by their element-wise sum over the workers.
  virtual void sum(std::span<float> values) = 0;
  /// Replaces each value by its sum over all workers.
  virtual void sum(std::span<double> values) = 0;
  /// Replaces each worker's bytes by worker 0's.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
  /// Returns once every worker has called it.
  virtual void barrier() = 0;

  /// 0 to size() - 1.
  [[nodiscard]] std::size_t rank() const { return place().rank; }
  /// Number of workers.
  [[nodiscard]] std::size_t size() const { return place().size; }
  /// Whether this worker writes the files and prints.
  [[nodiscard]] bool leads() const { return rank() == 0; }
};

/// One process alone: rank 0 of 1. Nothing is sent; sums are the values themselves.
[[nodiscard]] std::unique_ptr<Workers> single_process();

/// Connects this process with the others by LibTorch's c10d and Gloo over TCP. Worker 0 listens at
/// the place's address; the other traffic uses the network interface that routes to that address,
/// or the one that GLOO_SOCKET_IFNAME names. Errors: UserError if not all workers connect within
/// `timeout`, which also bounds every later wait.
[[nodiscard]] std::unique_ptr<Workers> connect_workers(const WorkerPlace& place,
                                                       std::chrono::seconds timeout);

}  // namespace colcomb::training
