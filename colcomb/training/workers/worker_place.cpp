#include "colcomb/training/workers/worker_place.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

constexpr std::uint16_t kDefaultPort = 29500;

/// A launcher's variables.
struct Launcher {
  const char* rank;
  const char* size;
  const char* local_rank;
  const char* local_size;  // null: it has none
};

constexpr Launcher kTorchrun = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
constexpr Launcher kOpenMpi = {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                               "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"};
constexpr Launcher kSlurm = {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", nullptr};
// torchrun comes first since Slurm or mpirun may have started it, once per machine.
constexpr std::array<const Launcher*, 3> kLaunchers = {&kTorchrun, &kOpenMpi, &kSlurm};

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  [[nodiscard]] std::optional<std::string> text(const char* variable) const {
    auto value = environment_(variable);
    if (value && value->empty()) value.reset();
    return value;
  }

  [[nodiscard]] std::optional<std::size_t> number(const char* variable, std::size_t least,
                                                  std::size_t most) const {
    const auto value = text(variable);
    if (!value) return std::nullopt;
    std::size_t result = 0;
    const char* const end = value->data() + value->size();
    const auto [rest, error] = std::from_chars(value->data(), end, result);
    if (error != std::errc() || rest != end || result < least || result > most)
      throw usage_error(variable, *value, fmt::format("must be a number, {} to {}", least, most));
    return result;
  }

 private:
  const Environment& environment_;
};

const Launcher* launcher_of(const Reader& read) {
  for (const Launcher* const l : kLaunchers) {
    if (read.text(l->rank) || read.text(l->size) || read.text(l->local_rank)) return l;
  }
  return nullptr;
}

/// Both or neither: half of the pair would let every process believe itself alone.
UserError missing(const char* variable, const char* given, const std::string& value) {
  return usage_error(variable, "",
                     fmt::format("must be set beside {}, which is {}: start all workers by one "
                                 "launcher, or unset {} to train in one process",
                                 given, value, given));
}

void require_consistent(const Launcher& launcher, const WorkerPlace& place) {
  const auto below = [](const char* variable, std::size_t value, const char* other,
                        std::size_t bound) {
    if (value >= bound)
      throw usage_error(variable, fmt::to_string(value),
                        fmt::format("contradicts {}, which is {}", other, bound));
  };
  below(launcher.rank, place.rank, launcher.size, place.size);
  if (place.local_rank) {
    below(launcher.local_rank, *place.local_rank, launcher.size, place.size);
    // Workers of one machine are numbered in the order of their ranks.
    if (*place.local_rank > place.rank)
      throw usage_error(launcher.local_rank, fmt::to_string(*place.local_rank),
                        fmt::format("contradicts {}, which is {}", launcher.rank, place.rank));
    if (place.local_size)
      below(launcher.local_rank, *place.local_rank, launcher.local_size, *place.local_size);
  }
  if (place.local_size && *place.local_size > place.size)
    throw usage_error(launcher.local_size, fmt::to_string(*place.local_size),
                      fmt::format("contradicts {}, which is {}", launcher.size, place.size));
}

std::string meeting_address(const Reader& read, const Launcher& launcher,
                            const WorkerPlace& place) {
  if (const auto given = read.text("MASTER_ADDR")) return *given;
  if (&launcher == &kOpenMpi && place.local_size == place.size) return "127.0.0.1";
  if (&launcher == &kSlurm) {
    for (const char* const list : {"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST"}) {
      if (const auto hosts = read.text(list)) return first_host(*hosts);
    }
  }
  throw usage_error(
      "MASTER_ADDR", "",
      fmt::format("must name the machine of worker 0, since {} is {}", launcher.size, place.size));
}

std::uint16_t meeting_port(const Reader& read, const Launcher& launcher, const WorkerPlace& place) {
  constexpr std::uint16_t kLast = 65535;
  const auto given = read.number("MASTER_PORT", 1, kLast);
  if (!given) {
    if (&launcher != &kTorchrun) return kDefaultPort;
    throw usage_error("MASTER_PORT", "",
                      fmt::format("must give the port on which worker 0 listens, since {} is {}",
                                  launcher.size, place.size));
  }
  // torchrun itself may listen on the port, for workers that speak its own version's protocol.
  const bool taken = read.text("TORCHELASTIC_USE_AGENT_STORE") == "True";
  return static_cast<std::uint16_t>(!taken ? *given : *given < kLast ? *given + 1 : *given - 1);
}

}  // namespace

WorkerPlace worker_place(const Environment& environment) {
  constexpr std::size_t kMost = 65536;
  const Reader read(environment);
  const Launcher* const launcher = launcher_of(read);
  WorkerPlace place;
  if (launcher == nullptr) return place;
  const auto rank = read.number(launcher->rank, 0, kMost - 1);
  const auto size = read.number(launcher->size, 1, kMost);
  if (!size) {
    const char* const given = rank ? launcher->rank : launcher->local_rank;
    throw missing(launcher->size, given, *read.text(given));
  }
  if (!rank && *size > 1) throw missing(launcher->rank, launcher->size, fmt::to_string(*size));
  place.rank = rank.value_or(0);
  place.size = *size;
  place.local_rank = read.number(launcher->local_rank, 0, kMost - 1);
  if (launcher->local_size != nullptr)
    place.local_size = read.number(launcher->local_size, 1, kMost);
  require_consistent(*launcher, place);
  if (place.size == 1) return {};
  place.address = meeting_address(read, *launcher, place);
  place.port = meeting_port(read, *launcher, place);
  return place;
}

std::optional<std::string> environment_variable(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string first_host(const std::string& list) {
  std::string host;
  bool in_brackets = false;
  bool taken = false;  // the first number within the brackets
  for (const char c : list) {
    if (c == '[') {
      in_brackets = true;
      taken = false;
    } else if (c == ']') {
      in_brackets = false;
    } else if (in_brackets) {
      taken = taken || c == '-' || c == ',';
      if (!taken) host += c;
    } else if (c == ',') {
      break;
    } else {
      host += c;
    }
  }
  return host;
}

}  // namespace colcomb::training
