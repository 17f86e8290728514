#pragma once

#include <cstddef>
#include <ranges>
#include <vector>

#include "colcomb/base/check.hpp"

namespace colcomb {

/// What a network's description, its float numbers and its integers have in common: one entry per
/// hidden layer in the order of the data, and one for the classifier. Between the last hidden layer
/// and the classifier lies the global average pooling, if the network has it.
template <class Layer>
struct LayerStack {
  std::vector<Layer> hidden;  // at least one in a valid network
  Layer classifier;           // the linear layer behind the hidden ones

  // For code that handles all filter matrices alike: index hidden.size() is the classifier.
  [[nodiscard]] std::size_t layer_count() const { return hidden.size() + 1; }
  /// Whether `index` is the last layer's.
  [[nodiscard]] bool is_classifier(std::size_t index) const { return index == hidden.size(); }
  /// Layer `index`, the classifier behind the hidden ones.
  [[nodiscard]] Layer& layer(std::size_t index) {
    COLCOMB_CHECK(index <= hidden.size(), "no such layer");
    return is_classifier(index) ? classifier : hidden[index];
  }
  /// Layer `index`, the classifier behind the hidden ones.
  [[nodiscard]] const Layer& layer(std::size_t index) const {
    COLCOMB_CHECK(index <= hidden.size(), "no such layer");
    return is_classifier(index) ? classifier : hidden[index];
  }
  /// All of them in order, as a range of references.
  [[nodiscard]] auto all() {
    return std::views::iota(std::size_t{0}, layer_count()) |
           std::views::transform([this](std::size_t i) -> Layer& { return layer(i); });
  }
  /// All of them in order, as a range of const references.
  [[nodiscard]] auto all() const {
    return std::views::iota(std::size_t{0}, layer_count()) |
           std::views::transform([this](std::size_t i) -> const Layer& { return layer(i); });
  }

  bool operator==(const LayerStack&) const = default;
};

}  // namespace colcomb
