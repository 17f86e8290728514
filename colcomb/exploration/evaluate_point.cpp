#include "colcomb/exploration/evaluate_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "colcomb/allocation/combine_for_array.hpp"
#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/base/digest.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/dataset/splits.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/stages/cost.hpp"
#include "colcomb/stages/quantize.hpp"
#include "colcomb/stages/simulate.hpp"

namespace colcomb::exploration {
namespace {

constexpr std::string_view kCombining = "combine.";

/// Reads settings that are numbers.
class Numbers {
 public:
  Numbers(const Settings& settings, std::string where)
      : settings_(settings), where_(std::move(where)) {}

  template <class T>
  [[nodiscard]] std::optional<T> get(const char* name) const {
    const std::string* value = find(settings_, name);
    if (value == nullptr) return std::nullopt;
    T number{};
    const char* const end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc() || stop != end)
      throw file_error(where_, name, *value, "must be a number, not negative where it counts");
    return number;
  }
  [[nodiscard]] bool flag(const char* name) const {
    const std::string* value = find(settings_, name);
    if (value == nullptr || *value == "false") return false;
    if (*value != "true") throw file_error(where_, name, *value, "must be true or false");
    return true;
  }

 private:
  const Settings& settings_;
  std::string where_;
};

dataset::DataSource data_of(const Settings& settings, const std::string& where) {
  dataset::DataSource data;
  if (const std::string* name = find(settings, "data.name"))
    data.name = text_of("data.name", *name, where);
  if (const std::string* root = find(settings, "data.root"))
    data.root = text_of("data.root", *root, where);
  return data;
}

/// In the order of results.def.
nlohmann::ordered_json to_json(const SimulationResult& result) {
  nlohmann::ordered_json json;
  json["interval"] = result.interval;
  json["latency"] = result.latency;
  json["frames_per_second"] = result.frames_per_second();
  json["latency_us"] = 1e6 * result.latency_seconds();
  json["array_cells"] = result.total.array_cells;
  if (!result.tiles.empty()) json["tiles"] = result.tiles.size();
  json["nonzeros"] = result.total.nonzeros;
  json["cell_utilization"] = result.total.cell_utilization();
  json["time_utilization"] = result.total.time_utilization();
  json["dram_read_bytes"] = result.total.activity.dram_read_bytes;
  json["dram_write_bytes"] = result.total.activity.dram_write_bytes;
  return json;
}

/// Of all layers: cells that hold a weight, of the cells of all groups in rows that hold any.
double utilization_efficiency(const QuantizedNetwork& network) {
  std::uint64_t nonzeros = 0;
  std::uint64_t cells = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const Matrix<std::int8_t>& values = network.layer(i).weights.values;
    for (std::size_t row = 0; row < values.rows(); ++row) {
      const auto weights = values.row(row);
      const auto count = static_cast<std::uint64_t>(
          std::ranges::count_if(weights, [](std::int8_t weight) { return weight != 0; }));
      nonzeros += count;
      if (count > 0) cells += values.cols();
    }
  }
  return cells > 0 ? static_cast<double>(nonzeros) / static_cast<double>(cells) : 0;
}

/// What the slowest of the known parts reaches; nothing if none is known.
std::optional<Range> slowest(const std::vector<CostPart>& clock_limits) {
  std::optional<Range> least;
  for (const CostPart& part : clock_limits) {
    if (!part.figure.value) continue;
    if (!least) least = *part.figure.value;
    least->low = std::min(least->low, part.figure.value->low);
    least->high = std::min(least->high, part.figure.value->high);
  }
  return least;
}

}  // namespace

std::filesystem::path run_folder(const std::filesystem::path& runs, const Settings& settings) {
  Digest digest;
  digest.add_list(part_of(settings, kTraining));
  return runs / fmt::format("{:016x}", digest.value());
}

Evaluator::Evaluator(const Spec& spec, std::filesystem::path runs, Trainer trainer)
    : spec_(spec), runs_(std::move(runs)), trainer_(std::move(trainer)) {}

std::string Evaluator::text(const Point& point, const char* name) const {
  return text_of(name, *find(point.settings, name), spec_.file.string());
}

/// `alpha`: data lines of an array in short form.
ArrayConfig Evaluator::array_of(const Point& point, std::size_t alpha) const {
  const std::string named = text(point, "array");
  const std::filesystem::path path = resolve(spec_, named);
  ArrayConfig config =
      describe_array(std::filesystem::is_regular_file(path) ? path.string() : named, alpha);
  for (const auto& [name, value] : point.settings) {
    for (const std::string_view table : {"array.", "buffers.", "pooling.", "dram.", "schedule."}) {
      if (name.starts_with(table)) set_array_field(config, name, value, spec_.file.string());
    }
  }
  validate(config, spec_.file.string());
  return config;
}

Evaluator::Packed Evaluator::combined(const Point& point, const FloatNetwork& checkpoint) const {
  const std::string where = spec_.file.string();
  const Numbers numbers(point.settings, where);
  FloatNetwork network = checkpoint;
  Packed result;
  if (!part_of(point.settings, kCombining).empty()) {
    combining::GroupingOptions grouping;
    grouping.gamma = numbers.get<double>("combine.gamma").value_or(grouping.gamma);
    grouping.seed = numbers.get<std::uint64_t>("combine.seed").value_or(grouping.seed);
    if (find(point.settings, "combine.policy") != nullptr)
      grouping.policy = combining::parse_policy(text(point, "combine.policy"));
    const auto alpha = numbers.get<std::size_t>("combine.alpha");
    if (numbers.flag("combine.fit") || find(point.settings, "combine.budget") != nullptr) {
      allocation::CombineForArrayOptions options;
      options.alpha = alpha;
      options.policy = grouping.policy;
      options.seed = grouping.seed;
      if (find(point.settings, "combine.budget") != nullptr)
        options.budget = allocation::parse_budget(text(point, "combine.budget"));
      result.retained_magnitude =
          allocation::combine_for_array(network, array_of(point, alpha.value_or(1)), options)
              .combined.retained_magnitude;
    } else {
      combining::NetworkCombineOptions options;
      options.grouping = grouping;
      options.grouping.alpha = alpha.value_or(grouping.alpha);
      combining::check(options.grouping);
      options.alpha = alpha;
      options.pruning.rate = numbers.get<double>("combine.prune").value_or(0);
      result.retained_magnitude = combining::combine_network(network, options).retained_magnitude;
    }
  }
  stages::QuantizeOptions options;
  options.data = data_of(point.settings, where);
  result.network =
      stages::quantize(network, options, "quantized for the exploration " + spec_.name).network;
  return result;
}

Evaluator::Packed Evaluator::from_file(const Point& point) {
  const std::filesystem::path path = resolve(spec_, text(point, "network"));
  if (kind_of_file(path) == FileKind::kPackedNetwork) {
    if (const std::string combining = part_of(point.settings, kCombining); !combining.empty())
      throw file_error(spec_.file.string(), combining.substr(0, combining.find(' ')), "",
                       "is for a checkpoint: " + path.string() + " is packed already");
    return {load_packed_network(path), {}, {}};
  }
  const auto checkpoint =
      checkpoints_.get(path.string(), [&path] { return load_checkpoint(path).network; });
  return combined(point, *checkpoint);
}

Evaluator::Packed Evaluator::trained(const Point& point) const {
  const std::filesystem::path folder = run_folder(runs_, point.settings);
  Settings training;
  for (const auto& [name, value] : point.settings) {
    if (name.starts_with(kTraining)) training.emplace_back(name.substr(kTraining.size()), value);
  }
  trainer_(training, folder);
  if (!part_of(point.settings, kCombining).empty())
    return combined(point, load_checkpoint(folder / "network.ckpt").network);
  const auto report = nlohmann::json::parse(read_text_file(folder / "report.json"));
  return {load_packed_network(folder / "network.packed"),
          {},
          report.at("accuracy").at("integer").at("top1").get<double>()};
}

std::shared_ptr<const Evaluator::Packed> Evaluator::packed(const Point& point) {
  if (const std::string training = part_of(point.settings, kTraining); !training.empty())
    return packed_.get(
        training + part_of(point.settings, kCombining) + part_of(point.settings, "data."),
        [&] { return trained(point); });
  // What packing reads: with an array to fit, the array too.
  std::string name = *find(point.settings, "network") + '\n' + part_of(point.settings, kCombining) +
                     part_of(point.settings, "data.");
  if (find(point.settings, "combine.fit") != nullptr ||
      find(point.settings, "combine.budget") != nullptr) {
    for (const char* table : {"array", "buffers.", "pooling.", "dram.", "schedule."})
      name += part_of(point.settings, table);
  }
  return packed_.get(name, [&] { return from_file(point); });
}

void Evaluator::train(const Point& point) {
  if (!part_of(point.settings, kTraining).empty()) static_cast<void>(packed(point));
}

void Evaluator::add_cost(const Point& point, const QuantizedNetwork& network,
                         const ArrayConfig& array, nlohmann::ordered_json& json) const {
  if (find(point.settings, "technology") == nullptr) return;
  const std::string named = text(point, "technology");
  const std::filesystem::path path = resolve(spec_, named);
  stages::CostStageOptions options;
  options.technology = std::filesystem::is_regular_file(path) ? path.string() : named;
  const CostReport cost = stages::cost_of_network(network, array, options).cost;
  const auto add = [&json](const std::string& name, const CostFigure& figure, double unit) {
    if (!figure.value) return;
    json[name + "_low"] = figure.value->low / unit;
    json[name + "_high"] = figure.value->high / unit;
  };
  add("on_chip_pj", cost.network.on_chip, 1);
  add("dram_pj", cost.network.dram, 1);
  add("area_mm2", cost.area_sum, 1e6);
  add("luts", cost.logic_sum, 1);
  add("block_rams", cost.block_rams_sum, 1);
  CostFigure clock;
  clock.value = slowest(cost.clock_limits);
  add("clock_mhz", clock, 1);
}

nlohmann::ordered_json Evaluator::results(const Point& point) {
  const auto packed_network = packed(point);
  const QuantizedNetwork& network = packed_network->network;
  const ArrayConfig array = array_of(point, stages::largest_alpha(network.description));
  nlohmann::ordered_json json = to_json(simulation::count_network(network, array, array.batch));
  json["utilization"] = utilization_efficiency(network);
  add_cost(point, network, array, json);
  if (packed_network->retained_magnitude)
    json["retained_magnitude"] = *packed_network->retained_magnitude;
  if (packed_network->trained_top1) json["trained_top1"] = *packed_network->trained_top1;
  const std::string where = spec_.file.string();
  const auto images = Numbers(point.settings, where).get<std::size_t>("evaluate.images");
  if (images.value_or(0) == 0) return json;
  const std::string split =
      find(point.settings, "evaluate.split") == nullptr ? "test" : text(point, "evaluate.split");
  if (split != "test" && split != "train")
    throw file_error(where, "evaluate.split", split, "must be test or train");
  const std::string work =
      fmt::format("{} {} {}", static_cast<const void*>(packed_network.get()), *images, split);
  json["top1"] = *accuracies_.get(work, [&] {
    const auto data = evaluation::open_for_evaluation(
        data_of(point.settings, where),
        split == "test" ? dataset::Split::kTest : dataset::Split::kTrain, network.description);
    const auto run = evaluation::evaluate_integers(network, data, *images);
    return evaluation::accuracy_of(run.logits, run.labels).top1_share();
  });
  return json;
}

}  // namespace colcomb::exploration
