#include "colcomb/cli/training/worker_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"

namespace colcomb::cli {

void WorkerFlags::add_to(CLI::App& command) {
  command
      .add_option(
          "--sync-batch-norm", sync_batch_norm,
          "Several workers (torchrun, mpirun, srun): batch norm over the whole batch, +, or "
          "each worker's share, -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command
      .add_option("--worker-timeout", timeout_seconds,
                  "Several workers: seconds to wait for the others before giving up")
      ->capture_default_str();
}

std::unique_ptr<training::Workers> WorkerFlags::connect(training::TrainOptions& options,
                                                        training::RunOptions& run) const {
  constexpr std::size_t kDay = 86400;
  if (timeout_seconds < 1 || timeout_seconds > kDay)
    throw usage_error("--worker-timeout", fmt::to_string(timeout_seconds),
                      fmt::format("must be 1 to {} seconds", kDay));
  options.sync_batch_norm = sync_batch_norm == "+";
  const auto place = training::worker_place(training::environment_variable);
  if (place.size == 1) return training::single_process();
  if (run.threads == 0 && place.local_size)
    run.threads = std::max<std::size_t>(1, available_threads() / *place.local_size);
  // What is sent to a worker that has just ended is an error to tell, not this one's end.
  std::signal(SIGPIPE, SIG_IGN);
  return training::connect_workers(place, std::chrono::seconds(timeout_seconds));
}

void require_one_process(const std::string& command) {
  const auto place = training::worker_place(training::environment_variable);
  if (place.size > 1)
    throw usage_error(command, "",
                      fmt::format("works in one process, but the launcher's variables say {}: use "
                                  "train, then the other commands in one process",
                                  place.size));
}

}  // namespace colcomb::cli
