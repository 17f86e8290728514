#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace colcomb::training {

/// Which of the processes that train a network together this one is, and where they meet.
struct WorkerPlace {
  std::size_t rank = 0;                   // of this worker, 0 to size - 1
  std::size_t size = 1;                   // workers in all
  std::optional<std::size_t> local_rank;  // among the workers of this machine: its CUDA device
  std::optional<std::size_t> local_size;  // workers of this machine
  std::string address;                    // where worker 0 listens: host name or IP address
  std::uint16_t port = 0;                 // that worker 0 listens on

  bool operator==(const WorkerPlace&) const = default;
};

/// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string& variable)>;

/// Reads the place from the variables of the first launcher that set any: torchrun (RANK,
/// WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE), Open MPI (OMPI_COMM_WORLD_...), Slurm (SLURM_PROCID,
/// SLURM_NTASKS, SLURM_LOCALID). MASTER_ADDR and MASTER_PORT say where to meet; without them Open
/// MPI takes 127.0.0.1 if all workers are on one machine, Slurm the first host of the job step or
/// job, both port 29500. Where torchrun's agent listens on MASTER_PORT itself
/// (TORCHELASTIC_USE_AGENT_STORE), it is the next port. No variables, or one worker in all: a
/// single process.
/// Errors: UserError of kind usage naming the variable that is missing, not a number or contradicts
/// another.
[[nodiscard]] WorkerPlace worker_place(const Environment& environment);

/// The variables of this process.
[[nodiscard]] std::optional<std::string> environment_variable(const std::string& variable);

/// First host of a list as Slurm writes it: "gpu[03-06,09],login" gives "gpu03".
[[nodiscard]] std::string first_host(const std::string& list);

}  // namespace colcomb::training
