#pragma once

#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::training {

/// An exponential moving average of a network's parameters and batch-norm statistics over steps.
class Average {
 public:
  /// Starts as a copy of the network's numbers. `decay`: at least 0, below 1.
  Average(network::Cnn network, double decay);

  /// After a step: average = d * average + (1 - d) * numbers, with d = min(decay, (1 + t) / (10 +
  /// t)) at step t, so that the first, bad weights are soon forgotten.
  void update();
  /// The network's numbers become the average and the average holds the network's; a second call
  /// undoes the first.
  void exchange();

  /// The numbers held here, named "average." and the number's name, and the steps taken.
  [[nodiscard]] std::vector<NamedTensor> state() const;
  /// Takes its tensors out of `state`, leaving others. Errors: COLCOMB_CHECK if they do not fit.
  void take_state(std::vector<NamedTensor>& state);

 private:
  struct Number {
    std::string name;
    torch::Tensor current;  // the network's
    torch::Tensor average;
  };

  network::Cnn network_;
  double decay_;
  std::uint64_t steps_ = 0;
  std::vector<Number> numbers_;
};

/// Exchanges for the life of this object.
class AverageInPlace {
 public:
  /// `average` may be null: then nothing happens.
  explicit AverageInPlace(Average* average) : average_(average) { exchange(); }
  AverageInPlace(const AverageInPlace&) = delete;
  AverageInPlace& operator=(const AverageInPlace&) = delete;
  ~AverageInPlace() { exchange(); }

 private:
  void exchange() {
    if (average_ != nullptr) average_->exchange();
  }
  Average* average_;
};

}  // namespace colcomb::training
