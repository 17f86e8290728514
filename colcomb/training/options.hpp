#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "colcomb/allocation/budget.hpp"
#include "colcomb/allocation/importance.hpp"
#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/weight_code.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/dataset/transform.hpp"
#include "colcomb/training/recipe.hpp"

namespace colcomb::training {

enum class Schedule : std::uint8_t {
  kCubic,      // ten steps over the first half of the epochs, each a fraction of all weights
  kIterative,  // paper's Algorithm 1: beta of what remains, retrain, lower beta, until rho
  kNone,       // dense training
};
[[nodiscard]] Schedule parse_schedule(const std::string& name);
[[nodiscard]] const char* name_of(Schedule schedule);

/// For which array the columns are combined, in place of gamma and each layer's pruning rate. alpha
/// is then the most columns that a cell's multiplexer takes.
struct AllocationOptions {
  /// Each layer gets the most groups that cost this array nothing more than its fewest, or, with a
  /// budget, those that keep most importance within it. The cubic schedule leads there from the
  /// dense network. Absent: the paper's combining by alpha and gamma.
  std::optional<ArrayConfig> array;
  std::optional<allocation::Budget> budget;  // needs an array
  /// What decides which weights are kept, in grouping and between layers. With an array alone.
  allocation::Importance importance = allocation::Importance::kMagnitude;
};

/// When and how much to prune.
struct PruningOptions {
  Schedule schedule = Schedule::kCubic;  // when weights are pruned
  /// Cubic: fraction of a layer's weights gone after the last step, times (1 - 1/alpha).
  double rate = 0.8;
  /// Cubic: number of steps. Leave alone unless an epoch has very few batches.
  std::size_t steps = 10;
  /// Cubic: part of the run's epochs over which the steps are spread. A short run of a small
  /// network wants less than half, so that more of it trains what will be kept.
  double until = 0.5;
  /// Cubic: fraction gone after the last step in layers with alpha 1, which the factor
  /// (1 - 1/alpha) would leave dense, and in grouped convolutions of at least alpha groups, whose
  /// columns combine without conflicts.
  double rate_alpha_one = 0;
  /// Iterative: fraction of the remaining weights pruned by the first round (paper: beta).
  double beta = 0.2;
  /// Iterative: beta is multiplied by this after each round.
  double beta_decay = 0.9;
  /// Iterative: rounds stop once at most this many convolution weights are nonzero (paper: rho).
  std::uint64_t rho = 0;
  /// Iterative: epochs of retraining before each round.
  std::size_t retrain_epochs = 1;
};

/// How columns are combined at each pruning step; each layer has its own alpha.
struct CombiningOptions {
  double gamma = 1.75;  // most conflicts per row of a group, on average
  combining::GroupingPolicy policy =
      combining::GroupingOptions{}.policy;  // how columns are grouped
  /// Bring back, in each cell left empty, the largest pruned weight of its row and group: the array
  /// spends the cell anyway. Off gives the paper's Algorithm 3 to the letter.
  bool fill_empty_cells = true;
  /// Also regroup after every so many batches between the first pruning step and the last, with the
  /// weights as they have become; 0: at pruning steps alone. The search starts from the last
  /// groups.
  std::size_t regroup_every = 0;
  /// Prune conflicts gradually: let gamma grow evenly from step to step of the cubic schedule,
  /// reaching its value at the last, so that early groups are small and lose little. Off gives the
  /// full gamma from the first step on, when the weights are still nearly random.
  bool gamma_ramp = true;
};

/// Quantization-aware fine-tuning (spec: the fake quantizer): the last epochs compute with weights
/// and activations rounded as the integer network's, so that training makes up for the rounding.
/// Batch norm keeps the statistics it has by then.
struct QuantizationAwareOptions {
  std::size_t epochs = 0;                      // how many of the last; 0: none
  WeightCode weights = WeightCode::kInt8;      // what weights are rounded to
  WeightScales scales = WeightScales::kLayer;  // of a layer, or of each row
};

/// What decides a training run's numbers beside the network and the data: two runs that share all
/// of it, on one machine, give equal checkpoints. RunIdentity (run_identity.hpp) lists it.
struct TrainOptions {
  std::size_t batch_size = 64;   // images of a batch, over all workers
  std::size_t epochs = 50;       // passes over the training split
  double learning_rate = 0.1;    // at the start; falls as a cosine to 0 over the epochs
  double momentum = 0.9;         // of gradient descent
  double weight_decay = 1e-4;    // of all parameters, at each step
  double l1_penalty = 0;         // on convolution weights, until the last pruning step
  PruningOptions pruning;        // when and how much is pruned
  CombiningOptions combining;    // how columns are combined
  AllocationOptions allocation;  // groups for an array, in place of alpha and gamma
  QuantizationAwareOptions quantization_aware;  // epochs that compute with the integers
  RecipeOptions recipe;                         // what makes more of the same size
  /// Checkpoint of a trained network whose weights and shifts training starts from.
  std::optional<std::filesystem::path> load_path;
  /// With load_path and no schedule: keep the loaded masks and groups, which are dropped otherwise.
  bool keep_combined = false;
  /// What training's passes compute in: float or bf16; see Precision.
  std::string precision = "float";
  std::uint64_t seed = 1;  // of weights, shifts, order and augmentation
  /// What computes gradients: native (backprop/, on the CPU only), autograd (LibTorch, on any
  /// device) or auto: native on the CPU, autograd elsewhere. Their results differ by rounding.
  std::string backend = "auto";
  /// With several workers: batch norm uses the statistics of the whole batch, so that the run is
  /// that of one process but for rounding. Off: each worker uses its share's, and the running
  /// statistics are averaged at each epoch's end; fewer messages, other numbers.
  bool sync_batch_norm = true;
};

/// Where a run's files lie and what it runs on. Of these only the device changes numbers, by
/// rounding.
struct RunOptions {
  std::filesystem::path save_path;    // checkpoint, written after each epoch; histories beside it
  bool resume = false;                // go on from save_path if it exists
  bool force = false;                 // overwrite save_path if it exists
  std::size_t print_frequency = 100;  // batches between progress notes where there is no terminal
  std::size_t threads = 0;            // 0: all available
  std::string device = "auto";  // auto, cpu, cuda or one that a library registered with LibTorch
};

/// Errors: UserError (option_error) naming the field that breaks a rule.
void check(const TrainOptions& options);
void check(const RunOptions& options);

}  // namespace colcomb::training
