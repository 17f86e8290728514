#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/exploration/explore.hpp"
#include "colcomb/exploration/once.hpp"
#include "colcomb/exploration/point.hpp"

namespace colcomb::exploration {

/// Finds the results of points; what several points share is done once. Threads may call
/// `results` at the same time.
class Evaluator {
 public:
  /// `runs`: where networks are trained, each in a folder named by a digest of its settings.
  /// `trainer` may be empty where no point trains. `spec` must outlive the object.
  Evaluator(const Spec& spec, std::filesystem::path runs, Trainer trainer);

  /// Results of a point by name (results.def), those that were not computed left out. The same for
  /// the same point, whoever computes it. Errors: UserError: what does not fit together, files.
  [[nodiscard]] nlohmann::ordered_json results(const Point& point);
  /// Trains the point's network, if it is to be trained: results() would too.
  void train(const Point& point);

 private:
  struct Packed {
    QuantizedNetwork network;
    std::optional<double> retained_magnitude;  // of a checkpoint combined here
    std::optional<double> trained_top1;        // test split, of a trained network in integers
  };

  [[nodiscard]] std::shared_ptr<const Packed> packed(const Point& point);
  [[nodiscard]] Packed trained(const Point& point) const;
  [[nodiscard]] Packed from_file(const Point& point);
  [[nodiscard]] Packed combined(const Point& point, const FloatNetwork& checkpoint) const;
  [[nodiscard]] ArrayConfig array_of(const Point& point, std::size_t alpha) const;
  void add_cost(const Point& point, const QuantizedNetwork& network, const ArrayConfig& array,
                nlohmann::ordered_json& json) const;
  [[nodiscard]] std::string text(const Point& point, const char* name) const;

  const Spec& spec_;
  std::filesystem::path runs_;
  Trainer trainer_;
  Once<FloatNetwork> checkpoints_;
  Once<Packed> packed_;
  Once<double> accuracies_;
};

}  // namespace colcomb::exploration
