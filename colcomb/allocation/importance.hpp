#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::allocation {

/// What keeping a weight is worth; importances.def says how each is computed.
enum class Importance : std::uint8_t {
#define COLCOMB_IMPORTANCE(enumerator, name, needs_gradients, summary) enumerator,
#include "colcomb/allocation/importances.def"
};

/// Errors: UserError (option_error naming `importance`) that lists the names.
[[nodiscard]] Importance parse_importance(const std::string& name);
[[nodiscard]] const char* name_of(Importance importance);
[[nodiscard]] bool needs_gradients(Importance importance);
/// One line per importance: name and meaning.
[[nodiscard]] std::vector<std::string> describe_importances();

/// N x M importance of each layer's stored weights, pruned ones included; the classifier last.
/// Those that follow from the weights alone sum to 1 in each layer that has a nonzero weight, so
/// that a layer's part counts the same whatever its scale, which batch norm undoes. The others are
/// estimates of one loss and sum to the number of layers over the whole network.
/// `gradients`: for importances that need them, per layer the N x M mean of |gradient| (taylor) or
/// of its square (fisher). Requires: they are given exactly where they are needed.
[[nodiscard]] std::vector<Matrix<float>> importance_of(const FloatNetwork& network,
                                                       Importance importance,
                                                       const std::vector<Matrix<float>>& gradients);

}  // namespace colcomb::allocation
