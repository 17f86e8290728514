#include "colcomb/stages/cost.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/cost/cost.hpp"
#include "colcomb/cost/scaling.hpp"
#include "colcomb/cost/technology.hpp"
#include "colcomb/simulation/baselines.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::stages {

CostRun cost_of_run(const SimulationResult& result, std::span<const NamedSimulation> baselines,
                    const CostStageOptions& options) {
  const cost::Technology technology = cost::find_technology(options.technology);
  const cost::CostOptions chosen{options.gated};
  CostRun run;
  run.cost = cost::cost_of(technology, result, chosen);
  if (options.scale_nm)
    run.cost.scaled =
        cost::scaled_cost(run.cost, technology, *options.scale_nm, options.scale_volt);
  if (!baselines.empty())
    run.comparison = cost::compare_costs(technology, baselines, result.config, chosen);
  return run;
}

CostRun cost_of_network(const QuantizedNetwork& network, const ArrayConfig& config,
                        const CostStageOptions& options) {
  const std::uint64_t images = options.images.value_or(cost::usual_images(config));
  if (images == 0 || images % config.batch != 0) {
    throw option_error("images", fmt::to_string(images),
                       fmt::format("must be a multiple of the array's batch, {}", config.batch));
  }
  const SimulationResult result = simulation::count_network(network, config, images);
  std::vector<NamedSimulation> baselines;
  if (options.compare) baselines = simulation::baseline_runs(network, config, result);
  return cost_of_run(result, baselines, options);
}

}  // namespace colcomb::stages
